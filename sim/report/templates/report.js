"use strict";
(function () {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const FONT = getComputedStyle(document.body).fontFamily;
  // ECharts puts what a formatter returns into the page as HTML, so every name goes through this first.
  const safe = (text) => String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const percent = (share) => share === null ? "–" : (100 * share).toFixed(1) + " %";
  const none = (id, reason) => { document.getElementById(id).textContent = "Nothing to show: " + reason; };
  const fill = (select, names) => names.forEach((name, i) => select.add(new Option(name, String(i))));
  const charts = window.arsimCharts = {};

  function start(id) {
    const chart = echarts.init(document.getElementById(id), null, { renderer: "canvas" });
    window.addEventListener("resize", () => chart.resize());
    return chart;
  }

  function shareChart(share) {
    const select = document.getElementById("share-territory");
    if (!share) { select.disabled = true; none("share-chart", "no unit was sold."); return; }
    fill(select, share.cuts.map((c) => c.name));
    document.getElementById("share-note").textContent =
      (share.n > 1 ? "Bands are 95 % intervals of " + share.n + " replications." : "One replication: no interval.") +
      (share.left_out ? " " + share.left_out + " smaller territories are not in the list." : "");
    const chart = charts.share = start("share-chart");
    const lines = (cut) => share.brands.flatMap((brand, i) => {
      const values = cut.shares[i];
      const line = { name: brand.name, type: "line", data: values.mean, showSymbol: false, symbolSize: 6, z: brand.ours ? 5 : 3,
        lineStyle: { width: brand.ours ? 3.5 : 2 }, itemStyle: { color: brand.colour }, emphasis: { disabled: true } };
      const hidden = { name: brand.name, type: "line", stack: "band" + i, symbol: "none", silent: true, lineStyle: { opacity: 0 },
        itemStyle: { color: brand.colour }, stackStrategy: "all" };
      if (share.n < 2) return [line];
      return [line, { ...hidden, data: values.low },
        { ...hidden, data: values.high.map((h, k) => h === null ? null : h - values.low[k]), areaStyle: { color: brand.colour, opacity: 0.16 } }];
    });
    const perBrand = share.n > 1 ? 3 : 1;
    const tooltip = (points) => {
      const k = points[0].dataIndex, cut = share.cuts[Number(select.value)];
      return "<b>" + safe(cut.name) + ", from " + safe(share.dates[k]) + "</b>" + share.brands.map((brand, i) => {
        const s = cut.shares[i];
        const interval = s.low[k] === null ? "" : " (" + percent(s.low[k]) + " … " + percent(s.high[k]) + ")";
        return '<br><span style="color:' + brand.colour + '">●</span> ' + safe(brand.name) + ": " + percent(s.mean[k]) + interval;
      }).join("");
    };
    const show = () => chart.setOption({ series: lines(share.cuts[Number(select.value)]) });
    chart.setOption({
      textStyle: { fontFamily: FONT }, animationDuration: 200, aria: { enabled: true },
      grid: { left: 60, right: 44, top: 44, bottom: 56 },
      legend: { top: 4, left: 0, type: "scroll", data: share.brands.map((b) => b.name), icon: "roundRect" },
      tooltip: { trigger: "axis", confine: true, formatter: tooltip },
      xAxis: { type: "category", data: share.dates, boundaryGap: false },
      yAxis: { type: "value", min: 0, axisLabel: { formatter: (v) => Math.round(100 * v) + " %" } },
      dataZoom: [{ type: "slider", height: 16, bottom: 8, showDataShadow: false }],
      series: lines(share.cuts[0]),
    });
    select.addEventListener("change", show);
    charts.seriesPerBrand = perBrand;
  }

  function fitBox(box, width, height) {
    const scale = Math.max((box.x1 - box.x0) / width, (box.y1 - box.y0) / height) * 1.08 || 0.01;
    const x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;
    return { x0: x - scale * width / 2, x1: x + scale * width / 2, y0: y - scale * height / 2, y1: y + scale * height / 2 };
  }

  function boxOf(map, territory) {
    const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
    const take = (x, y, r) => {
      box.x0 = Math.min(box.x0, x - r); box.x1 = Math.max(box.x1, x + r);
      box.y0 = Math.min(box.y0, y - r); box.y1 = Math.max(box.y1, y + r);
    };
    map.outlets.x.forEach((x, i) => { if (territory < 0 || map.outlets.territory[i] === territory) take(x, map.outlets.y[i], 0.2); });
    map.territories.forEach((t, i) => { if (t.x !== null && (territory < 0 || i === territory)) take(t.x, t.y, territory < 0 ? t.radius || 0 : 0); });
    return box;
  }

  function mapChart(map) {
    const select = document.getElementById("map-territory");
    if (!map) { select.disabled = true; none("map-chart", "no outlet is open."); return; }
    const host = document.getElementById("map-chart"), o = map.outlets, n = o.x.length;
    fill(select, ["The whole region", ...map.territories.map((t) => t.name)]);
    document.getElementById("map-note").textContent = n < map.n_open
      ? "A sample of " + n.toLocaleString("en") + " of " + map.n_open.toLocaleString("en") + " open outlets, evenly from the largest to the smallest."
      : "Rings are outlets our people do not know yet.";
    const top = o.size.slice().sort((a, b) => b - a)[Math.floor(n * 0.005)] || 1;
    const radius = (i) => 4 + Math.sqrt(Math.min(o.size[i] / top, 1.3)) * (n > 3000 ? 12 : 22);
    const chart = charts.map = start("map-chart");
    const groups = map.brands.map((brand, b) => ({
      name: brand.name, type: "scatter", z: 4, cursor: "default", itemStyle: { color: brand.colour, opacity: 0.8 }, emphasis: { scale: 1.2 },
      data: o.x.flatMap((x, i) => o.brand[i] !== b ? [] : [{ value: [x, o.y[i], i], symbolSize: radius(i),
        itemStyle: o.known[i] ? undefined : { color: "rgba(255,255,255,0.2)", borderColor: brand.colour, borderWidth: 1.5 } }]),
    })).filter((g) => g.data.length);
    const areas = map.territories.filter((t) => t.x !== null);
    const outline = (params, api) => {
      const t = areas[params.dataIndex];
      const style = { fill: "rgba(120,130,145,0.07)", stroke: "#a6acb5", lineWidth: 1 };
      if (t.border.length) return { type: "polygon", shape: { points: t.border.map((p) => api.coord(p)) }, style, silent: true };
      const c = api.coord([t.x, t.y]), edge = api.coord([t.x + (t.radius || 0), t.y]);
      return { type: "circle", shape: { cx: c[0], cy: c[1], r: Math.abs(edge[0] - c[0]) }, style, silent: true };
    };
    const tooltip = (p) => {
      if (p.data && p.data.depot) return "<b>" + safe(p.data.depot) + "</b><br>our depot";
      const i = p.value[2], t = map.territories[o.territory[i]];
      return "<b>" + safe(o.name[i]) + "</b><br>" + safe(map.channels[o.channel[i]]) + (t ? ", " + safe(t.name) : "") +
        "<br>size " + safe(o.size[i]) + "<br>leading: " + safe(map.brands[o.brand[i]].name) + (o.known[i] ? "" : "<br>not known to us");
    };
    const go = () => {
      const box = fitBox(boxOf(map, Number(select.value) - 1), host.clientWidth - 20, host.clientHeight - 60);
      chart.setOption({ xAxis: { min: box.x0, max: box.x1 }, yAxis: { min: box.y0, max: box.y1 } });
      chart.dispatchAction({ type: "dataZoom", batch: [{ dataZoomIndex: 0, start: 0, end: 100 }, { dataZoomIndex: 1, start: 0, end: 100 }] });
    };
    const hiddenAxis = { type: "value", show: false };
    chart.setOption({
      textStyle: { fontFamily: FONT }, animation: false,
      grid: { left: 10, right: 10, top: 44, bottom: 16 },
      legend: { top: 4, left: 0, type: "scroll", data: groups.map((g) => g.name).concat(map.depots.length ? ["our depot"] : []) },
      tooltip: { trigger: "item", confine: true, formatter: tooltip },
      xAxis: hiddenAxis, yAxis: hiddenAxis,
      dataZoom: [{ type: "inside", xAxisIndex: 0, filterMode: "none" }, { type: "inside", yAxisIndex: 0, filterMode: "none" }],
      series: [
        { type: "custom", name: "territory", clip: true, renderItem: outline, data: areas.map((t) => [t.x, t.y]), silent: true, z: 1, tooltip: { show: false } },
        { type: "scatter", name: "territory name", z: 6, silent: true, symbolSize: 0.1, data: areas.map((t) => ({ value: [t.x, t.y + (t.radius || 0)], name: t.name })),
          label: { show: true, formatter: (p) => p.data.name, position: "top", color: "#22252b", fontSize: 12, fontFamily: FONT }, labelLayout: { hideOverlap: true } },
        ...groups,
        { type: "scatter", name: "our depot", symbol: "rect", symbolSize: 11, z: 7, itemStyle: { color: "#22252b", borderColor: "#fff", borderWidth: 1 },
          data: map.depots.map((d) => ({ value: [d.x, d.y], depot: d.name })) },
      ],
    });
    select.addEventListener("change", go);
    window.addEventListener("resize", go);
    go();
  }

  shareChart(data.share);
  mapChart(data.map);
})();
