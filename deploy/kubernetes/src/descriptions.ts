/** What the values of the chart are, by path. */
export const descriptions: Readonly<Record<string, string>> = {
  image: 'The images are <registry>/<service>:<tag>.',
  imagePullSecrets: 'For a private registry: a list of {name}.',
  ticketService: 'The same for each of the three services.',
  'ticketService.env':
    'Variables of docs/configuration.md, as strings. The secrets come from the Secret with the name of the service.',
  'ticketService.volumes': 'Files that a variable names: certificates, credentials, a list of origins.',
  'wsEdge.connectionsMetric':
    'The metric of connections by pod, as the adapter of custom metrics names it, and the average above which another edge starts.',
  engines: 'Where the engines are, for the NetworkPolicies: pods, or networks as ipBlock.',
  networkPolicy: 'Who else reaches the services, and NATS where it is in the namespace.',
  'networkPolicy.natsClients':
    'Yours that use the bus: backends behind bridge routes, servers with the gate.',
  host: 'The public name.',
  'gateway.certificate': 'The Secret with its certificate (kubernetes.io/tls).',
  'gateway.longTimeouts':
    'Timeouts of routes whose responses do not end by themselves. Empty where the gateway does not know the field.',
  'ingress.tls': 'Empty where something else terminates TLS.',
  'keda.natsMonitoring': 'The monitoring port of NATS.',
  'postgres.enabled': 'One for trying out, without replicas or backups.',
  'gke.securityPolicy': 'The name of a Cloud Armor policy. Empty: none.',
};
