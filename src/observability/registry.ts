import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Milliseconds to half a minute: an offline answer takes 1 ms, a model some seconds, a request lives 30 s. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Gauges of prom-client 15 whose names are a counter's: promtool refuses them. (By type they stay, without _total.) */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** One process's metrics, and how new ones are made: each says in a sentence what it is. */
export class Metrics {
  readonly #registry = new Registry();

  /** With those of the process itself: memory, CPU, garbage collection, and how late its event loop is. */
  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of them, as Prometheus reads them. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  seconds<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({
      ...{ name, help, labelNames: [...labelNames], buckets: SECONDS, registers: [this.#registry] },
    });
  }

  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  /** One whose value is asked for when somebody reads it. */
  ask<Label extends string = never>(
    { name, help, labelNames = [] }: { name: string; help: string; labelNames?: readonly Label[] },
    read: (gauge: Gauge<Label>) => void,
  ): void {
    const gauge: Gauge<Label> = new Gauge<Label>({
      ...{ name, help, labelNames: [...labelNames], registers: [this.#registry] },
      collect: () => read(gauge),
    });
  }

  /** A counter that somebody else keeps: its values are asked for when somebody reads it. */
  askCount<Label extends string>(
    { name, help, labelNames }: { name: string; help: string; labelNames: readonly Label[] },
    read: (count: (labels: Readonly<Record<Label, string>>, value: number) => void) => void,
  ): void {
    const counter: Counter<Label> = new Counter<Label>({
      ...{ name, help, labelNames: [...labelNames], registers: [this.#registry] },
      collect() {
        counter.reset();
        read((labels, value) => counter.inc(labels, value));
      },
    });
  }
}
