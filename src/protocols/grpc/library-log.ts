import { setLogger } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';

const logger = new Logger('gRPC');

/** Said in other words by the error that `listen` ends with. */
const isToldElsewhere = (message: unknown): boolean => String(message).startsWith('No address added out of total');

/** It names the value of a header that it cannot read, in an answer too. */
const withoutValue = (message: unknown): string =>
  String(message).replace(/^(Failed to add metadata entry [^:]*):.*/s, '$1: the value is not printable ASCII');

/** What grpc-js has to say goes where our own lines go; it writes on stderr otherwise. For the whole process. */
export function logThroughOurs(): void {
  setLogger({
    error: (message: unknown) => {
      if (!isToldElsewhere(message)) logger.error(withoutValue(message));
    },
    info: (message: unknown) => logger.log(message),
    debug: (message: unknown) => logger.debug(message),
  });
}
