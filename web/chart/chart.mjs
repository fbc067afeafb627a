// The drawings of a page answer the pointer: ECharts over the table that stands beside each of them.
// The server's own drawing stays for print, for readers without script, and when this one fails.
import { init, use } from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, AriaComponent, GridComponent, TooltipComponent, CanvasRenderer]);

const number = text => Number(text.replace(/[^\d.-]/g, ''));
const cells = row => [...row.cells].map(cell => cell.textContent.trim());

function tableOf(figure) {
  const table = figure.querySelector('details table');
  if (!table) return null;
  const rows = [...table.tBodies[0].rows].map(cells);
  return { heads: cells(table.tHead.rows[0]), labels: rows.map(row => row[0]),
           columns: rows[0].slice(1).map((_, i) => rows.map(row => number(row[i + 1] ?? ''))) };
}

function optionOf(table, isLine, words) {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const text = { color: colour('--ink-2'), fontSize: 12 };
  const order = table.columns.length > 1 ? ['--ash', '--azurite', '--ochre', '--pine'] : ['--azurite'];
  const axisLine = { lineStyle: { color: colour('--ink') } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: words } },
    color: order.map(colour),
    grid: { left: 4, right: isLine ? 56 : 8, top: 24, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', backgroundColor: colour('--sheet'), borderColor: colour('--line-2'),
               textStyle: { color: colour('--ink'), fontSize: 12 },
               valueFormatter: value => value.toLocaleString('en-US') },
    xAxis: { type: 'category', data: table.labels.map(day => isLine ? day.slice(0, 4) : String(Number(day.slice(5, 7)))),
             axisLine, axisTick: { show: isLine, alignWithLabel: true }, axisLabel: text, boundaryGap: !isLine },
    yAxis: { type: 'value', scale: isLine, splitNumber: 3, axisLabel: text,
             splitLine: { lineStyle: { color: colour('--line') } } },
    series: table.columns.map((data, i) => ({
      name: table.heads[i + 1], data, type: isLine ? 'line' : 'bar', symbolSize: 7,
      lineStyle: { width: 2.5 }, barGap: '0%', barCategoryGap: '36%',
      endLabel: isLine ? { show: true, color: colour('--azurite'), fontWeight: 600,
                           formatter: point => point.value.toLocaleString('en-US') } : undefined,
    })),
  };
}

function draw(svg) {
  const figure = svg.closest('figure');
  const table = figure && tableOf(figure);
  if (!table || table.labels.length < 2) return;
  const place = document.createElement('div');
  place.className = 'chart';
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', svg.getAttribute('aria-label'));
  svg.before(place);
  const isLine = svg.querySelector('.l1') !== null;
  const chart = init(place);
  const paint = () => chart.setOption(optionOf(table, isLine, svg.getAttribute('aria-label')), true);
  paint();
  svg.classList.add('is-drawn');
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
}

document.querySelectorAll('svg.plot').forEach(draw);
