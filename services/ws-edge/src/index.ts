export { type Edge, type EdgeDependencies, startEdge } from './edge.ts';
