# The sidecar reads its configuration from a secret, in which nothing is secret.
resource "google_secret_manager_secret" "collector" {
  for_each = local.services

  secret_id = "${each.key}-collector"
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "collector" {
  for_each = local.services

  secret = google_secret_manager_secret.collector[each.key].id
  secret_data = yamlencode({
    apiVersion = "monitoring.googleapis.com/v1beta"
    kind       = "RunMonitoring"
    metadata   = { name = each.key }
    spec = {
      endpoints = [{ port = each.value.metrics_port, path = "/metrics", interval = "30s" }]
      # Without `service`, which is a label of our metrics.
      targetLabels = { metadata = ["instance", "revision"] }
    }
  })
}

resource "google_secret_manager_secret_iam_member" "collector" {
  for_each = local.services

  secret_id = google_secret_manager_secret.collector[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.admit[each.key].member
}

resource "google_project_iam_member" "metrics" {
  for_each = local.services

  project = var.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.admit[each.key].member
}

module "alerts" {
  source = "../../observability/cloud-monitoring"

  notification_channels = var.notification_channels
}
