import type { DocumentInfo } from '../protocols/document.js';

/** Of the wire documents; the version is that of the wire, not of the build. */
export const documentInfo: DocumentInfo = {
  title: 'nestjs-mstv',
  version: '1.0.0',
  license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
  description: 'One contract over REST, GraphQL, gRPC, WebSocket and MQTT.',
};
