import { wallClock } from '../contract/wall-clock.js';

export class Clock {
  now(): Date {
    return new Date(wallClock());
  }
}
