import { Metadata, type StatusObject } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { Failure, Issue } from '../../contract/failure.js';
import { type FailureKind, grpcKind, grpcStatus } from '../../contract/failure-table.js';
import type { ReceivedFailure } from '../../contract/received-failure.js';
import { addWellKnown, toBytes } from './protobuf-messages.js';

/** google/rpc/status.proto of googleapis. */
const statusProto = `
syntax = "proto3";
package google.rpc;
import "google/protobuf/any.proto";
message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
`;

/** Used parts of google/rpc/error_details.proto of googleapis. */
export const errorDetailsProto = `
syntax = "proto3";
package google.rpc;
import "google/protobuf/duration.proto";
message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
message RetryInfo { google.protobuf.Duration retry_delay = 1; }
message BadRequest {
  message FieldViolation { string field = 1; string description = 2; string reason = 3; }
  repeated FieldViolation field_violations = 1;
}
`;

const root = new protobuf.Root();
protobuf.parse(statusProto, root);
protobuf.parse(errorDetailsProto, root);
addWellKnown(root);

const Status = root.lookupType('google.rpc.Status');
const ErrorInfo = root.lookupType('google.rpc.ErrorInfo');
const RetryInfo = root.lookupType('google.rpc.RetryInfo');
const BadRequest = root.lookupType('google.rpc.BadRequest');

const detailsKey = 'grpc-status-details-bin';
const typeUrl = (type: protobuf.Type): string => `type.googleapis.com${type.fullName.replace('.', '/')}`;

/** Clients refuse more than 8 KiB of metadata, and base64 adds a third. */
const violationBytes = 4_500;

interface Violation {
  readonly field: string;
  readonly description: string;
  readonly reason: string;
}

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

function errorInfo({ code, issues = [] }: Failure, sent: number, traceId: string | undefined): object {
  const metadata = {
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(sent < issues.length && { violations_omitted: `${issues.length - sent}` }),
  };
  return { reason: code, domain: 'mstv', metadata };
}

function encodeDetails(failure: Failure, traceId: string | undefined): Buffer {
  const fieldViolations = violationsOf(failure.issues ?? []);
  const details = [pack(ErrorInfo, errorInfo(failure, fieldViolations.length, traceId))];
  if (failure.issues) details.push(pack(BadRequest, { fieldViolations }));
  if (failure.retryAfterSeconds !== undefined) {
    details.push(pack(RetryInfo, { retryDelay: { seconds: failure.retryAfterSeconds } }));
  }
  return toBytes(Status, { code: grpcStatus(failure), message: failure.message, details });
}

export const hasDetails = (metadata: Metadata | null | undefined): boolean =>
  (metadata?.get(detailsKey).length ?? 0) > 0;

export function failureStatus(failure: Failure, traceId?: string): StatusObject {
  const metadata = new Metadata();
  metadata.set(detailsKey, encodeDetails(failure, traceId));
  return { code: grpcStatus(failure), details: failure.message.toWellFormed(), metadata };
}

/** For a server that sent no details. */
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

function readDetails(bytes: Uint8Array): Omit<ReceivedFailure, 'kind' | 'detail'> | undefined {
  const { details } = Status.toObject(Status.decode(bytes), { defaults: true }) as { details: AnyMessage[] };
  const info = unpack<{ reason: string }>(ErrorInfo, details);
  if (!info) return undefined;
  const bad = unpack<{ fieldViolations: Violation[] }>(BadRequest, details);
  const retry = unpack<{ retryDelay: { seconds: number } }>(RetryInfo, details);
  return {
    code: info.reason,
    ...(bad && {
      issues: bad.fieldViolations.map(({ field, reason, description: message }) => ({
        path: field,
        code: reason,
        message,
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

export function decodeFailure({
  code,
  details,
  metadata,
}: Pick<StatusObject, 'code' | 'details' | 'metadata'>): ReceivedFailure {
  const kind = grpcKind(code);
  return { code: codeOfKind[kind] ?? kind.toUpperCase(), ...tryDetails(metadata), kind, detail: details };
}
