// The one script of the dashboard. Every page works without it; with it, pages move and charts are drawn.

/** All HTML that comes is made on the server, where every text in it is escaped. */
const policy = globalThis.trustedTypes?.createPolicy('ai-ipc', { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
};
const RETRY_MS = 5_000;
const CHART_HEIGHT = 190;

/** What came for a section and was not shown yet, by its id. */
const waiting = new Map();
const charts = new Map();
let stream;
let isHeld = false;
let retry;

const liveButton = document.getElementById('live');
const liveState = document.getElementById('live-state');

function start() {
  showTimes(document);
  drawCharts(document);
  document.addEventListener('change', selectAll);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawCharts);
  new ResizeObserver(resizeCharts).observe(document.getElementById('main'));
  if (liveButton === null) return;
  liveButton.hidden = false;
  liveButton.addEventListener('click', holdOrGoOn);
  // A tab that nobody sees asks for nothing.
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
  connect();
}

function holdOrGoOn() {
  isHeld = !isHeld;
  liveButton.setAttribute('aria-pressed', String(isHeld));
  liveButton.textContent = isHeld ? 'Go on' : 'Hold';
  if (isHeld) disconnect();
  else connect();
}

/** The same address as this page: asked for as a stream, it sends what changes. */
function connect() {
  disconnect();
  if (isHeld || document.hidden) return;
  stream = new EventSource(location.href.replace(/#.*/, ''));
  stream.addEventListener('section', ({ data }) => {
    const { id, html } = JSON.parse(data);
    waiting.set(id, html);
    showWaiting();
  });
  stream.addEventListener('look', () => {
    sayState('live');
    showWaiting();
  });
  stream.addEventListener('trouble', ({ data }) => sayState(`not live: ${JSON.parse(data)}`));
  stream.addEventListener('error', () => {
    sayState('connection lost');
    if (stream?.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS);
  });
}

function disconnect() {
  clearTimeout(retry);
  stream?.close();
  stream = undefined;
  sayState(isHeld ? 'held' : '');
}

/** Said once: a screen reader reads it out. */
function sayState(text) {
  if (liveState.textContent !== text) liveState.textContent = text;
}

function showWaiting() {
  for (const [id, html] of waiting) {
    const section = document.getElementById(id);
    if (section !== null && isBusy(section)) continue;
    waiting.delete(id);
    if (section !== null && section.dataset.html !== html) replace(section, html);
  }
}

/** Whoever is about to press something must not find something else under his finger. */
function isBusy(section) {
  if (section.contains(document.activeElement)) return true;
  if (section.querySelector('input:checked') !== null) return true;
  return 'still' in section.dataset && section.matches(':hover');
}

function replace(section, html) {
  const opened = [...section.querySelectorAll('details')].map(({ open }) => open);
  for (const figure of section.querySelectorAll('[data-chart]')) destroyChart(figure);
  section.innerHTML = policy.createHTML(html);
  for (const [index, details] of section.querySelectorAll('details').entries())
    if (opened[index] !== undefined) details.open = opened[index];
  showTimes(section);
  drawCharts(section);
}

/** In the time zone of whoever looks; the server tells UTC. */
function showTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const moment = new Date(time.dateTime);
    time.title = `${time.dateTime} (UTC)`;
    time.textContent = moment.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
  }
}

function selectAll({ target }) {
  if (!(target instanceof HTMLInputElement) || !('selectAll' in target.dataset)) return;
  for (const box of target.form?.querySelectorAll('input[name="id"]') ?? []) box.checked = target.checked;
}

function drawCharts(root) {
  for (const figure of root.querySelectorAll('[data-chart]')) drawChart(figure);
}

function drawChart(figure) {
  const place = figure.querySelector('.plot');
  const { unit, times, series } = JSON.parse(figure.dataset.chart);
  if (place === null || times.length === 0) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
  };
  const days = (times.at(-1) - times[0]) / 86_400;
  const moment = (seconds) => {
    const when = new Date(seconds * 1_000);
    if (days > 2) return when.toLocaleDateString([], { month: 'short', day: 'numeric' });
    return when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  };
  const value = (_plot, number) => (number == null ? '–' : `${Number(number.toPrecision(3))} ${unit}`);
  const options = {
    width: Math.max(200, place.clientWidth),
    height: CHART_HEIGHT,
    legend: { live: true },
    cursor: { points: { size: 6 } },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, values: (_plot, splits) => splits.map(moment) },
      { ...axis, size: 56 },
    ],
    series: [
      { label: 'Time', value: (_plot, seconds) => (seconds == null ? '–' : moment(seconds)) },
      ...series.map(({ name, colour: key, dash }) => ({
        label: name,
        stroke: colour(key),
        width: 2,
        points: { show: false },
        value,
        ...(dash ? { dash: [6, 4] } : {}),
      })),
    ],
  };
  charts.set(figure, new uPlot(options, [times, ...series.map(({ values }) => values)], place));
}

function destroyChart(figure) {
  charts.get(figure)?.destroy();
  charts.delete(figure);
}

function redrawCharts() {
  for (const figure of [...charts.keys()]) {
    destroyChart(figure);
    drawChart(figure);
  }
}

function resizeCharts() {
  for (const [figure, chart] of charts) {
    const width = Math.max(200, figure.querySelector('.plot').clientWidth);
    if (width !== chart.width) chart.setSize({ width, height: CHART_HEIGHT });
  }
}

start();
