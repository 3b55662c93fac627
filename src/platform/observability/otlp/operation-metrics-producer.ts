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

const calls = { name: 'operation.calls', description: 'Calls by outcome', unit: '{call}' };
const duration = { name: 'operation.duration', description: 'Time from the transport to the answer', unit: 's' };

function histogram({ buckets, seconds }: OperationCounts): Histogram {
  const counts = [...buckets];
  const count = counts.reduce((sum, one) => sum + one, 0);
  return { buckets: { boundaries: [...durationBuckets], counts }, sum: seconds, count };
}

/** The counters of the pipeline, which `/metrics` shows as well, in OpenTelemetry's form: nothing is counted twice. */
export class OperationMetricsProducer implements MetricProducer {
  readonly #startTime = hrTime();
  metrics: OperationMetrics | undefined;

  async collect(): Promise<CollectionResult> {
    const scope = { name: 'operations' };
    const scopeMetrics = this.metrics ? [{ scope, metrics: this.#data(this.metrics, hrTime()) }] : [];
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
  }

  #data(metrics: OperationMetrics, endTime: HrTime): MetricData[] {
    const times = { startTime: this.#startTime, endTime };
    const totals: DataPoint<number>[] = [];
    const durations: DataPoint<Histogram>[] = [];
    for (const [{ id }, protocol, counts] of metrics.entries()) {
      const attributes = { operation: id, protocol };
      for (const [outcome, value] of counts.outcomes) {
        totals.push({ ...times, attributes: { ...attributes, outcome }, value });
      }
      durations.push({ ...times, attributes, value: histogram(counts) });
    }
    const aggregationTemporality = AggregationTemporality.CUMULATIVE;
    const valueType = ValueType.DOUBLE;
    return [
      {
        descriptor: { ...calls, valueType: ValueType.INT },
        aggregationTemporality,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: totals,
      },
      {
        descriptor: { ...duration, valueType },
        aggregationTemporality,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: durations,
      },
    ];
  }
}
