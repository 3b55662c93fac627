import { MemoryPressure } from '../../../src/platform/pressure/memory-pressure.js';
import { pressureBehaviour } from './pressure.behaviour.js';

pressureBehaviour('the pressure that is told', (most) => {
  const pressure = new MemoryPressure();
  pressure.limitCalls(most);
  return {
    pressure,
    overload: async () => pressure.set('event_loop_delay'),
    relieve: async () => pressure.set(undefined),
    close: () => undefined,
  };
});
