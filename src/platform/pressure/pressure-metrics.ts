import { excesses } from '../../pipeline/pressure.js';
import { family, type MetricFamily, type Sample } from '../observability/metric-family.js';
import type { MeasuredPressure } from './measured-pressure.js';

export function pressureFamilies(pressure: MeasuredPressure, running: number): readonly MetricFamily[] {
  const { eventLoopDelayMs, eventLoopUtilization, heap } = pressure.reading;
  const current = pressure.excess(running);
  const states = excesses.map((reason): Sample => [{ reason }, reason === current ? 1 : 0]);
  const refused = excesses.map((reason): Sample => [{ reason }, pressure.refused[reason]]);
  const one = (metric: string, help: string, value: number) => family(metric, help, [[{}, value]]);
  return [
    family('load_shedding', '1 while calls are refused for this reason.', states),
    family('load_shed_calls_total', 'Calls refused because this process had too much to do.', refused),
    one('load_calls_running', 'Calls under way.', running),
    one(
      'load_event_loop_delay_seconds',
      'How late the event loop was on average, in the last sample.',
      eventLoopDelayMs / 1e3,
    ),
    one(
      'load_event_loop_utilization_ratio',
      'Share of the last sample that the event loop was busy.',
      eventLoopUtilization,
    ),
    one('load_heap_used_ratio', 'Share of what V8 lets the heap grow to.', heap),
  ];
}
