import { pressureBehaviour } from '../platform/pressure/pressure.behaviour.js';
import { MemoryPressure } from './memory-pressure.js';

pressureBehaviour('the pressure set by a test', (most) => {
  const pressure = new MemoryPressure();
  pressure.limitCalls(most);
  return {
    pressure,
    overload: async () => pressure.set('event_loop_delay'),
    relieve: async () => pressure.set(undefined),
    close: () => undefined,
  };
});
