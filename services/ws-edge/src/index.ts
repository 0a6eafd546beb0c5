export {
  type EdgeConfig,
  type EdgeVariables,
  edgeConfigOf,
  edgeIssues as edgeFaults,
} from './config/edge-config.ts';
export { edgeVariables } from './config/edge-variables.ts';
export { type RouteKind, routeKinds } from './config/parse-routes.ts';
export {
  type EdgeProcessVariables,
  edgeProcessVariables,
  readEdgeProcessVariables,
} from './config/process-variables.ts';
export { type Edge, type EdgeDependencies, startEdge } from './service.ts';
