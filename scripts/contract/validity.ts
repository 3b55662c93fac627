import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { buildSchema, validateSchema } from 'graphql';
import { lintProtos } from './buf.js';
import { asyncApiPath, type Finding, openApiPath, sdlPath, type WireDocuments } from './wire-documents.js';

const validators: Readonly<Record<string, (text: string) => Promise<string[]>>> = {
  [openApiPath]: openApiErrors,
  [asyncApiPath]: asyncApiErrors,
  [sdlPath]: sdlErrors,
};

/** What the official validator of each format says against the documents, and redocly's recommended rules. */
export async function invalid(documents: WireDocuments): Promise<Finding[]> {
  const found = await Promise.all([
    lintProtos(documents),
    ...Object.entries(validators).map(async ([document, errors]) => {
      const text = documents.get(document);
      const list = text === undefined ? [] : await errors(text);
      return list.map((finding) => ({ document, finding }));
    }),
  ]);
  return found.flat();
}

async function openApiErrors(text: string): Promise<string[]> {
  const { valid, errors = [] } = await new Validator().validate(JSON.parse(text));
  if (valid) return brokenRules(text);
  if (typeof errors === 'string') return [errors];
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A document of few operations does not need all headers and parameters there are. */
const rules = { 'no-unused-components': 'off' } as const;

/** Warnings included. The library, for the command line reports on its use to its makers. */
async function brokenRules(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], rules });
  const problems = await lintFromString({ source, absoluteRef: openApiPath, config });
  return problems.map(({ location: [place], message, ruleId }) => `${place?.pointer} ${message} (${ruleId})`);
}

async function asyncApiErrors(text: string): Promise<string[]> {
  const diagnostics = await new Parser().validate(text);
  const error = 0;
  return diagnostics
    .filter(({ severity }) => severity === error)
    .map(({ path, message }) => `/${path.join('/')} ${message}`);
}

async function sdlErrors(text: string): Promise<string[]> {
  try {
    return validateSchema(buildSchema(text)).map(({ message }) => message);
  } catch (error) {
    return [(error as Error).message];
  }
}
