interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface LimitSettings {
  readonly enabled: boolean;
  /** Of one network address, over all operations. */
  readonly address: Rate;
  /** Of one caller and operation. */
  readonly caller: Rate;
  /** In place of `caller`, by operation id. */
  readonly operations: Readonly<Record<string, Rate>>;
}

/** Of one process. Also the token it is injected by. */
export abstract class PipelineSettings {
  /** Of this process, as other services know it. */
  abstract readonly serviceName: string;
  /** Milliseconds: of an operation that names none, and the longest a caller may ask for. */
  abstract readonly deadlineMs: number;
  abstract readonly limits: LimitSettings;
}
