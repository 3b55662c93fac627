import { choice, flag, list, url } from './readings.js';
import type { Variable } from './variable.js';

/** Of engines that this version has no adapter for: read and checked, and said at start-up when set. */
export const adapterVariables = {
  KAFKA_BROKERS: {
    schema: list,
    about: 'Kafka; events stay in process when not set',
    expected: 'a list such as kafka-1:9092,kafka-2:9092',
    default: '',
  },
  MONGODB_URL: {
    schema: url('mongodb', 'mongodb+srv').optional(),
    about: 'MongoDB for documents; PostgreSQL when not set',
    expected: 'mongodb://user:password@host:27017/database',
    secret: true,
  },
  ENABLE_STORAGE: {
    schema: flag,
    about: 'Keeps objects in the store that STORAGE_PROVIDER names',
    expected: 'true or false',
    default: 'false',
  },
  STORAGE_PROVIDER: {
    schema: choice(['s3', 'azure', 'gcs']).optional(),
    about: 'The object store; needs ENABLE_STORAGE',
    expected: 's3, azure or gcs',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: url('http', 'https').optional(),
    about: 'Where traces, metrics and logs are sent (OTLP over HTTP)',
    expected: 'http://host:4318',
    secret: true,
  },
  JAEGER_ENDPOINT: {
    schema: url('http', 'https').optional(),
    about: 'Former name of OTEL_EXPORTER_OTLP_ENDPOINT; its host is taken with port 4318',
    expected: 'nothing: set OTEL_EXPORTER_OTLP_ENDPOINT',
    secret: true,
  },
  SMTP_URL: {
    schema: url('smtp', 'smtps').optional(),
    about: 'Mail server; mails are written to the log when not set',
    expected: 'smtp://user:password@host:587',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
