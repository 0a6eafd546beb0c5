# The values are not here, or they would be in Terraform's state: docs/deployment.md adds them from the files of `admit keys`.
locals {
  secrets = merge([
    for service, traits in local.services : {
      for variable in traits.secrets : "${service}-${variable}" => service
    }
  ]...)
}

resource "google_secret_manager_secret" "admit" {
  for_each = local.secrets

  secret_id = each.key
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_iam_member" "admit" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.admit[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.admit[each.value].member
}
