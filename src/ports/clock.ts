import { wallClock } from '../contract/wall-clock.js';

export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date(wallClock());
  }
}
