import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

export function logOutages<T, E extends Exporter<T>>(exporter: E, what: string, log: (line: string) => void): E {
  const send = exporter.export.bind(exporter);
  let isOut = false;
  exporter.export = (items, done) =>
    send(items, (result) => {
      const failed = result.code !== ExportResultCode.SUCCESS;
      if (failed !== isOut)
        log(failed ? `${what} are lost until the collector takes them: ${reasonOf(result)}` : `${what} arrive again`);
      isOut = failed;
      done(result);
    });
  return exporter;
}

const reasonOf = ({ error }: ExportResult): string =>
  error?.message || (error as NodeJS.ErrnoException | undefined)?.code || 'no answer';
