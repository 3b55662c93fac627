import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Excess, Pressure } from '../../pipeline/pressure.js';
import { RepeatedTask } from '../schedule/repeated-task.js';
import { measureEventLoopUtilization } from './event-loop-utilization.js';
import { type PressureChange, type PressureSettings, pressureSettings } from './pressure-settings.js';

/** Last sample; shares from 0 to 1. */
export interface PressureReading {
  readonly eventLoopDelayMs: number;
  readonly eventLoopUtilization: number;
  readonly heap: number;
}

const resolutionMs = 10;
const defaultSampleMs = 500;

const isOver = (value: number, limit: number): boolean => limit > 0 && value > limit;

function excessOf(reading: PressureReading, limits: PressureSettings): Excess | undefined {
  if (isOver(reading.eventLoopDelayMs, limits.eventLoopDelayMs)) return 'event_loop_delay';
  if (isOver(reading.eventLoopUtilization, limits.eventLoopUtilization)) return 'event_loop_utilization';
  return isOver(reading.heap, limits.heap) ? 'heap' : undefined;
}

function heapShare(): number {
  const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
  return used / most;
}

/** Only two excesses in a row count: a single long pause is over when it is sampled. */
export class MeasuredPressure extends Pressure implements OnApplicationShutdown {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #sampling: RepeatedTask;
  #settings: PressureSettings;
  #sampledAt = performance.now();
  readonly #utilization = measureEventLoopUtilization();
  #reading: PressureReading = { eventLoopDelayMs: 0, eventLoopUtilization: 0, heap: heapShare() };
  #wasOver = false;

  constructor(
    private readonly configured: PressureChange = {},
    private readonly sampleMs = defaultSampleMs,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('Pressure'),
  ) {
    super();
    this.#settings = this.#apply({});
    this.#delay.enable();
    this.#sampling = new RepeatedTask(() => this.#sample(), sampleMs);
    this.#sampling.start();
  }

  get reading(): PressureReading {
    return this.#reading;
  }

  /** Replaces the previous change. Throws a ZodError, without any change, for an invalid value. */
  update(change: PressureChange): void {
    this.#settings = this.#apply(change);
  }

  onApplicationShutdown(): void {
    void this.#sampling.stop();
    this.#delay.disable();
  }

  #apply(change: PressureChange): PressureSettings {
    const settings = pressureSettings.parse({ ...this.configured, ...change });
    this.mostCalls = settings.calls > 0 ? settings.calls : Number.POSITIVE_INFINITY;
    return settings;
  }

  #sample(): void {
    this.#reading = this.#measure();
    const excess = excessOf(this.#reading, this.#settings);
    const lasting = this.#wasOver ? excess : undefined;
    this.#wasOver = excess !== undefined;
    if (lasting === this.found) return;
    this.found = lasting;
    if (lasting === undefined) this.logger.log('This process takes all calls again');
    else this.logger.warn(`This process refuses calls: ${lasting.replaceAll('_', ' ')} is over its limit`);
  }

  #measure(): PressureReading {
    const now = performance.now();
    const late = now - this.#sampledAt - this.sampleMs;
    const mean = this.#delay.count > 0 ? this.#delay.mean / 1e6 - resolutionMs : late;
    this.#delay.reset();
    this.#sampledAt = now;
    return { eventLoopDelayMs: Math.max(0, mean), eventLoopUtilization: this.#utilization(), heap: heapShare() };
  }
}
