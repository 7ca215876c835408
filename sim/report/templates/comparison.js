"use strict";
(function () {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const FONT = getComputedStyle(document.body).fontFamily;
  // ECharts puts what a formatter returns into the page as HTML, so every name goes through this first.
  const safe = (text) => String(text).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const none = (id, reason) => { document.getElementById(id).textContent = "Nothing to show: " + reason; };
  const fill = (select, names) => names.forEach((name, i) => select.add(new Option(name, String(i))));
  const short = (name) => name.length > 24 ? name.slice(0, 23) + "…" : name;
  const round = (v) => Math.abs(v) >= 100 ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(3)));
  const charts = window.arsimCharts = {};

  function start(id) {
    const chart = echarts.init(document.getElementById(id), null, { renderer: "canvas" });
    window.addEventListener("resize", () => chart.resize());
    return chart;
  }

  function differencesChart(kpis) {
    const select = document.getElementById("differences-kpi");
    if (!kpis.length) { select.disabled = true; none("differences-chart", "no KPI has a value."); return; }
    fill(select, kpis.map((k) => k.name));
    const host = document.getElementById("differences-chart");
    host.style.height = 110 + 46 * Math.max(...kpis.map((k) => k.rows.length)) + "px";
    const chart = charts.differences = start("differences-chart");
    const interval = (params, api) => {
      const y = api.coord([0, api.value(0)])[1], x0 = api.coord([api.value(1), 0])[0], x1 = api.coord([api.value(2), 0])[0];
      const stroke = { stroke: api.visual("color"), lineWidth: 3 };
      const line = (a, b, c, d) => ({ type: "line", shape: { x1: a, y1: b, x2: c, y2: d }, style: stroke });
      return { type: "group", children: [line(x0, y, x1, y), line(x0, y - 6, x0, y + 6), line(x1, y - 6, x1, y + 6)] };
    };
    const show = () => {
      const kpi = kpis[Number(select.value)], rows = kpi.rows;
      chart.setOption({
        textStyle: { fontFamily: FONT }, animation: false, aria: { enabled: true },
        grid: { left: 190, right: 60, top: 20, bottom: 56 },
        tooltip: { trigger: "item", confine: true, formatter: (p) => {
          const r = rows[p.dataIndex];
          return "<b>" + safe(r.strategy) + "</b><br>" + safe(r.difference) + "<br>" + safe(r.interval) + "<br>" + safe(r.verdict) + ", n = " + safe(r.n);
        } },
        xAxis: { type: "value", name: kpi.unit, nameLocation: "middle", nameGap: 34, scale: false, axisLabel: { formatter: round } },
        yAxis: { type: "category", inverse: true, data: rows.map((r) => r.strategy), axisTick: { show: false }, axisLabel: { formatter: short } },
        series: [
          { type: "custom", renderItem: interval, silent: true, z: 2, encode: { x: [1, 2], y: 0 },
            data: rows.map((r, i) => ({ value: [i, r.low, r.high], itemStyle: { color: r.colour } })).filter((d) => d.value[1] !== null) },
          { type: "scatter", symbolSize: 13, z: 4, data: rows.map((r, i) => ({ value: [r.value, i], itemStyle: { color: r.colour } })),
            markLine: { symbol: "none", silent: true, animation: false, label: { show: false }, lineStyle: { color: "#6b7280", type: "solid" }, data: [{ xAxis: 0 }] } },
        ],
      }, true);
    };
    select.addEventListener("change", show);
    show();
  }

  function gainChart(gain) {
    const select = document.getElementById("gain-measure");
    if (!gain.measures.length) { select.disabled = true; none("gain-chart", "no day was measured."); return; }
    fill(select, gain.measures.map((m) => m.name));
    const chart = charts.gain = start("gain-chart");
    const lines = (measure) => measure.strategies.flatMap((s, i) => {
      const line = { name: s.name, type: "line", data: s.mean, showSymbol: false, z: 5, lineStyle: { width: 2.5 }, itemStyle: { color: s.colour }, emphasis: { disabled: true } };
      if (!s.low.some((v) => v !== null)) return [line];
      const hidden = { name: s.name, type: "line", stack: "band" + i, symbol: "none", silent: true, lineStyle: { opacity: 0 }, itemStyle: { color: s.colour }, stackStrategy: "all" };
      return [line, { ...hidden, data: s.low }, { ...hidden, data: s.high.map((h, k) => h - s.low[k]), areaStyle: { color: s.colour, opacity: 0.15 } }];
    });
    const show = () => {
      const measure = gain.measures[Number(select.value)];
      const tooltip = (points) => {
        const k = points[0].dataIndex;
        return "<b>" + safe(gain.dates[k]) + "</b>" + measure.strategies.map((s) =>
          '<br><span style="color:' + s.colour + '">●</span> ' + safe(s.name) + ": " + round(s.mean[k]) +
          (s.low[k] === null ? "" : " (" + round(s.low[k]) + " … " + round(s.high[k]) + ")")).join("");
      };
      chart.setOption({
        textStyle: { fontFamily: FONT }, animation: false, aria: { enabled: true },
        grid: { left: 90, right: 44, top: 44, bottom: 60 },
        legend: { top: 4, left: 0, type: "scroll", icon: "roundRect", data: measure.strategies.map((s) => s.name), formatter: short },
        tooltip: { trigger: "axis", confine: true, formatter: tooltip },
        xAxis: { type: "category", data: gain.dates, boundaryGap: false, axisLine: { onZero: false } },
        yAxis: { type: "value", name: gain.currency, nameLocation: "middle", nameGap: 62, axisLabel: { formatter: round } },
        dataZoom: [{ type: "slider", height: 16, bottom: 8, showDataShadow: false }],
        series: lines(measure),
      }, true);
    };
    select.addEventListener("change", show);
    show();
  }

  differencesChart(data.kpis);
  gainChart(data.gain);
})();
