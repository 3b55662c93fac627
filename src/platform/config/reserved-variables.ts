import { z } from 'zod';
import { choice, flag, list, url } from './readings.js';
import { variable } from './variable.js';

const mongoUrl = url('mongodb', 'mongodb+srv').describe('mongodb://user:password@host:27017/database');

/** For engines that this version does not support: validated, and a warning at the start when set. */
export const reservedVariables = {
  messaging: z.object({
    kafkaBrokers: variable('KAFKA_BROKERS', list.describe('a list such as kafka-1:9092,kafka-2:9092'), {
      about: 'Kafka',
      default: '',
      reserved: 'events stay in process',
    }),
  }),
  documents: z.object({
    url: variable('MONGODB_URL', mongoUrl.optional(), {
      about: 'MongoDB for documents',
      secret: true,
      reserved: 'documents stay in PostgreSQL',
    }),
  }),
  storage: z
    .object({
      isEnabled: variable('ENABLE_STORAGE', flag, {
        about: 'Stores objects in STORAGE_PROVIDER',
        default: 'false',
        needs: 'STORAGE_PROVIDER',
        reserved: 'no objects are stored',
      }),
      provider: variable('STORAGE_PROVIDER', choice(['s3', 'azure', 'gcs']).optional(), {
        about: 'The object store of ENABLE_STORAGE',
        reserved: 'no objects are stored',
      }),
    })
    .transform(({ isEnabled, provider }) => ({ provider: isEnabled ? provider : undefined })),
  mail: z.object({
    url: variable('SMTP_URL', url('smtp', 'smtps').describe('smtp://user:password@host:587').optional(), {
      about: 'Mail server',
      secret: true,
      reserved: 'no mails are sent',
    }),
  }),
};
