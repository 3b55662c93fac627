import { type handleUnaryCall, Metadata } from '@grpc/grpc-js';
import { DeadlineExceeded } from '../../contract/built-in-failures.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { grpcInbound } from './grpc-inbound.js';
import type { OperationCodec } from './protobuf-codec.js';
import { failureStatus } from './status-details.js';

function callMetadata({ requestId }: CallContext): Metadata {
  const metadata = new Metadata();
  metadata.set('x-request-id', requestId);
  return metadata;
}

/** grpc-js ends a call at its deadline a moment before the pipeline would. */
function end(call: CallContext, pipeline: Pipeline): void {
  if (Date.now() >= call.lifetime.deadline) call.lifetime.end(new DeadlineExceeded());
  else pipeline.cancel(call);
}

/** One operation as grpc-js calls it: bytes in, bytes out. */
export function unaryHandler(
  operation: OperationDescriptor,
  { decodeRequest, encodeResponse }: OperationCodec,
  pipeline: Pipeline,
  domain: string,
): handleUnaryCall<Buffer, Buffer> {
  return (grpcCall, respond) => {
    const call = pipeline.begin(grpcInbound(grpcCall), operation);
    let isOpen = true;
    // grpc-js emits it after every call, answered or not
    grpcCall.once('cancelled', () => {
      if (isOpen) end(call, pipeline);
      isOpen = false;
    });
    const answer = (value: unknown): void => {
      const bytes = encodeResponse(value);
      if (!isOpen) return;
      isOpen = false;
      grpcCall.sendMetadata(callMetadata(call));
      respond(null, bytes);
    };
    const fail = (error: unknown): void => {
      const failure = pipeline.toFailure(error, call, operation);
      if (!isOpen) return;
      isOpen = false;
      respond(failureStatus(failure, domain, { traceId: call.trace.traceId, metadata: callMetadata(call) }));
    };
    pipeline.execute(operation, call, grpcCall.request, decodeRequest).then(answer).catch(fail);
  };
}
