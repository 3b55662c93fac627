import { wallClock } from '../contract/wall-clock.js';

/** The time, so that tests may say what it is. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date(wallClock());
  }
}
