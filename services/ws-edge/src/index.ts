export { type Edge, type EdgeDependencies, startEdge } from './service.ts';
