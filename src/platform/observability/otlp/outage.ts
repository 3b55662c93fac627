import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

/** Says once that one kind of telemetry does not arrive, and once that it does again. */
export class Outage {
  #lasts = false;

  constructor(
    private readonly what: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Has `exporter` tell of its failures here. */
  watch<T>(exporter: Exporter<T>): void {
    const send = exporter.export.bind(exporter);
    exporter.export = (items, done) =>
      send(items, (result) => {
        this.#heard(result);
        done(result);
      });
  }

  #heard({ code, error }: ExportResult): void {
    const failed = code !== ExportResultCode.SUCCESS;
    if (failed === this.#lasts) return;
    this.#lasts = failed;
    const reason = error?.message || (error as NodeJS.ErrnoException | undefined)?.code || 'no answer';
    this.log(failed ? `${this.what} are lost until the collector takes them: ${reason}` : `${this.what} arrive again`);
  }
}
