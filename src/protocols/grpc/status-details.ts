import { Metadata, type StatusObject } from '@grpc/grpc-js';
import type protobuf from 'protobufjs';
import type { Failure, FailureKind, Issue } from '../../contract/failure.js';
import { grpcKind, grpcStatus } from '../../contract/failure-table.js';
import { toBytes } from './message-bytes.js';
import { BadRequest, ErrorInfo, RetryInfo, Status } from './status-protos.js';

const detailsKey = 'grpc-status-details-bin';
const typeUrl = (type: protobuf.Type): string => `type.googleapis.com${type.fullName.replace('.', '/')}`;

/** Clients refuse more than 8 KiB of metadata, and base64 takes a third of it. */
const violationBytes = 4_500;

interface Violation {
  readonly field: string;
  readonly description: string;
  readonly reason: string;
}

/** As protobufjs spells it. */
interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

const pack = (type: protobuf.Type, message: object): AnyMessage => ({
  type_url: typeUrl(type),
  value: toBytes(type, message),
});

function violationsOf(issues: readonly Issue[]): Violation[] {
  const violations: Violation[] = [];
  let left = violationBytes;
  for (const { path, code, message } of issues) {
    left -= Buffer.byteLength(path + code + message) + 8;
    if (left < 0) break;
    violations.push({ field: path, description: message, reason: code });
  }
  return violations;
}

function errorInfo({ code, issues = [] }: Failure, domain: string, told: number, traceId: string | undefined): object {
  const metadata = {
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(told < issues.length && { violations_omitted: `${issues.length - told}` }),
  };
  return { reason: code, domain, metadata };
}

/** `google.rpc.Status` of a failure: `ErrorInfo`, and where there are any `BadRequest` and `RetryInfo`. */
function encodeDetails(failure: Failure, domain: string, traceId: string | undefined): Buffer {
  const fieldViolations = violationsOf(failure.issues ?? []);
  const details = [pack(ErrorInfo, errorInfo(failure, domain, fieldViolations.length, traceId))];
  if (failure.issues) details.push(pack(BadRequest, { fieldViolations }));
  if (failure.retryAfterSeconds !== undefined) {
    details.push(pack(RetryInfo, { retryDelay: { seconds: failure.retryAfterSeconds } }));
  }
  return toBytes(Status, { code: grpcStatus(failure), message: failure.message, details });
}

export const hasDetails = (metadata: Metadata | null | undefined): boolean =>
  (metadata?.get(detailsKey).length ?? 0) > 0;

/** A failure as gRPC tells it. `domain` says whose codes these are. */
export function failureStatus(failure: Failure, domain: string, traceId?: string): StatusObject {
  const metadata = new Metadata();
  metadata.set(detailsKey, encodeDetails(failure, domain, traceId));
  return { code: grpcStatus(failure), details: failure.message.toWellFormed(), metadata };
}

/** A failure as a caller reads it; `code` is a fitting built-in one where the other end sent no details. */
export interface WireFailure {
  readonly code: string;
  readonly kind: FailureKind;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
}

const codeOfKind: Partial<Record<FailureKind, string>> = {
  resource_exhausted: 'RATE_LIMITED',
  unavailable: 'SERVICE_UNAVAILABLE',
  already_exists: 'INTERNAL',
  failed_precondition: 'INTERNAL',
  aborted: 'INTERNAL',
};

function unpack<T>(type: protobuf.Type, details: readonly AnyMessage[]): T | undefined {
  const packed = details.find((any) => any.type_url === typeUrl(type));
  return packed && (type.toObject(type.decode(packed.value), { defaults: true, longs: Number }) as T);
}

function readDetails(bytes: Uint8Array): Omit<WireFailure, 'kind' | 'detail'> | undefined {
  const { details } = Status.toObject(Status.decode(bytes), { defaults: true }) as { details: AnyMessage[] };
  const info = unpack<{ reason: string }>(ErrorInfo, details);
  if (!info) return undefined;
  const bad = unpack<{ fieldViolations: Violation[] }>(BadRequest, details);
  const retry = unpack<{ retryDelay: { seconds: number } }>(RetryInfo, details);
  return {
    code: info.reason,
    ...(bad && {
      issues: bad.fieldViolations.map(({ field, description, reason }) => ({
        path: field,
        code: reason,
        message: description,
      })),
    }),
    ...(retry && { retryAfterSeconds: retry.retryDelay.seconds }),
  };
}

function tryDetails(metadata: Metadata): ReturnType<typeof readDetails> {
  const [bytes] = metadata.get(detailsKey);
  try {
    return typeof bytes === 'object' ? readDetails(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** What a failed call says: its `ServiceError`, or the status of a stream. */
export function decodeFailure({
  code,
  details,
  metadata,
}: Pick<StatusObject, 'code' | 'details' | 'metadata'>): WireFailure {
  const kind = grpcKind(code);
  return { code: codeOfKind[kind] ?? kind.toUpperCase(), ...tryDetails(metadata), kind, detail: details };
}
