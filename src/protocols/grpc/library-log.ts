import { setLogger } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';

const logger = new Logger('gRPC');

/** `listen` rejects with it. */
const isListenError = (message: unknown): boolean => String(message).startsWith('No address added out of total');

/** grpc-js shows the values of headers that it cannot read. */
const withoutValue = (message: unknown): string =>
  String(message).replace(/^(Failed to add metadata entry [^:]*):.*/s, '$1: the value is not printable ASCII');

/** Sends the log lines of grpc-js, for the whole process, to the logger of this program in place of stderr. */
export function redirectLibraryLog(): void {
  setLogger({
    error: (message: unknown) => {
      if (!isListenError(message)) logger.error(withoutValue(message));
    },
    info: (message: unknown) => logger.log(message),
    debug: (message: unknown) => logger.debug(message),
  });
}
