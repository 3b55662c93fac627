import protobuf from 'protobufjs';
import { addWellKnown } from './well-known.js';

/** google/rpc/status.proto of googleapis. */
const statusProto = `
syntax = "proto3";
package google.rpc;
import "google/protobuf/any.proto";
message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
`;

/** google/rpc/error_details.proto of googleapis, as far as it is used here. */
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

export const Status = root.lookupType('google.rpc.Status');
export const ErrorInfo = root.lookupType('google.rpc.ErrorInfo');
export const RetryInfo = root.lookupType('google.rpc.RetryInfo');
export const BadRequest = root.lookupType('google.rpc.BadRequest');
