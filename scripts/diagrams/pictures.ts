import type { DeploymentModel } from '../deploy/model-types.js';
import type { Picture } from './picture.js';
import { authorization, modulesAndCalls, operationsByProtocol, requestLifecycle } from './pictures/calls.js';
import { databaseSchema } from './pictures/data.js';
import { circuitBreaker, signIn, userProfile } from './pictures/flows.js';
import { deploymentObjects, deploymentOptions, observability, scalability } from './pictures/operating.js';
import { coreArchitecture, featureFlags, runModes, sourceStructure } from './pictures/structure.js';
import { gatewayRoutes, multiService, overallSystem, singleService } from './pictures/system.js';

/** By heading of diagrams/README.md. */
export const pictures: Readonly<Record<string, readonly ((model: DeploymentModel) => Picture)[]>> = {
  'The whole': [overallSystem, coreArchitecture, sourceStructure],
  'One process or several': [singleService, multiService, gatewayRoutes, runModes, modulesAndCalls],
  'A call': [requestLifecycle, operationsByProtocol, signIn, authorization, userProfile, circuitBreaker],
  Data: [databaseSchema],
  Operating: [deploymentOptions, deploymentObjects, scalability, observability, featureFlags],
};
