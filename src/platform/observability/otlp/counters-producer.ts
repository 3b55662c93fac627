import { type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { durationBuckets, type OperationCounts, type OperationMetrics } from '../../../pipeline/operation-metrics.js';
import type { MetricFamily } from '../metric-family.js';

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

const aggregationTemporality = AggregationTemporality.CUMULATIVE;
const valueType = ValueType.DOUBLE;
const calls = { name: 'operation.calls', description: 'Calls by outcome', unit: '{call}', valueType: ValueType.INT };
const duration = {
  name: 'operation.duration',
  description: 'Time from the transport to the answer',
  unit: 's',
  valueType,
};

/** Reads the counters of `/metrics`, so that nothing is counted twice. */
export class CountersProducer implements MetricProducer {
  readonly #startTime = hrTime();
  operations: OperationMetrics | undefined;
  families: () => readonly MetricFamily[] = () => [];

  async collect(): Promise<CollectionResult> {
    const times = { startTime: this.#startTime, endTime: hrTime() };
    const families = this.families().filter(({ samples }) => samples.length > 0);
    const scopeMetrics = [
      { scope: { name: 'operations' }, metrics: this.operations ? operationData(this.operations, times) : [] },
      { scope: { name: 'process' }, metrics: families.map((family) => familyData(family, times)) },
    ].filter(({ metrics }) => metrics.length > 0);
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
  }
}

function operationData(operations: OperationMetrics, times: Times): MetricData[] {
  const totals: DataPoint<number>[] = [];
  const durations: DataPoint<Histogram>[] = [];
  for (const [{ id }, protocol, counts] of operations.entries()) {
    const attributes = { operation: id, protocol };
    for (const [outcome, value] of counts.outcomes) {
      totals.push({ ...times, attributes: { ...attributes, outcome }, value });
    }
    durations.push({ ...times, attributes, value: histogram(counts) });
  }
  const sum = { dataPointType: DataPointType.SUM, isMonotonic: true } as const;
  return [
    { descriptor: calls, aggregationTemporality, ...sum, dataPoints: totals },
    { descriptor: duration, aggregationTemporality, dataPointType: DataPointType.HISTOGRAM, dataPoints: durations },
  ];
}

function histogram({ buckets, seconds }: OperationCounts): Histogram {
  const counts = [...buckets];
  const count = counts.reduce((sum, one) => sum + one, 0);
  return { buckets: { boundaries: [...durationBuckets], counts }, sum: seconds, count };
}

/** Named `circuit.calls` for `circuit_calls_total`; exporters to Prometheus convert it back. */
const nameOf = ({ name }: MetricFamily): string => name.replace(/_total$/, '').replace('_', '.');

function familyData(family: MetricFamily, times: Times): MetricData {
  const data = {
    descriptor: { name: nameOf(family), description: family.help, unit: '', valueType },
    aggregationTemporality,
    dataPoints: family.samples.map(([attributes, value]) => ({ ...times, attributes, value })),
  };
  return family.type === 'counter'
    ? { ...data, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...data, dataPointType: DataPointType.GAUGE };
}
