import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';
import { measureEventLoopUtilization } from '../../pressure/event-loop-utilization.js';

export function observeRuntime(meter: Meter): void {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const gauge = (name: string, unit: string, read: () => number) =>
    meter.createObservableGauge(name, { unit }).addCallback((result) => result.observe(read()));
  gauge('process.memory.usage', 'By', () => process.memoryUsage.rss());
  gauge('v8js.memory.heap.used', 'By', () => process.memoryUsage().heapUsed);
  gauge('nodejs.eventloop.delay.p99', 's', () => {
    const seconds = delay.percentile(99) / 1e9;
    delay.reset();
    return seconds;
  });
  gauge('nodejs.eventloop.utilization', '1', measureEventLoopUtilization());
  meter.createObservableCounter('process.cpu.time', { unit: 's' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user / 1e6, { 'cpu.mode': 'user' });
    result.observe(system / 1e6, { 'cpu.mode': 'system' });
  });
}
