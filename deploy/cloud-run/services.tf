locals {
  # Google's proxies in front of an instance and of the load balancer, then the load balancer's own address, which is the
  # last one in X-Forwarded-For.
  trusted_proxies = "169.254.0.0/16,35.191.0.0/16,130.211.0.0/22,${google_compute_global_address.admit.address}"

  # An instance gets SIGKILL 10 s after SIGTERM.
  shutdown_seconds = "9"

  services = {
    "ticket-service" = {
      port         = 8080
      metrics_port = 9464
      min          = 2
      max          = 10
      memory       = "512Mi"
      secrets      = ["NATS_URL", "REDIS_URL", "ANONYMOUS_SIGNING_KEY"]
      env = {
        METRICS_HOST         = "127.0.0.1"
        SHUTDOWN_SECONDS     = local.shutdown_seconds
        TRUSTED_PROXIES      = local.trusted_proxies
        FRONTEND_ORIGINS     = var.frontend_origins
        JWT_ISSUER           = var.jwt_issuer
        JWT_AUDIENCE         = var.jwt_audience
        NATS_STREAM_REPLICAS = "3"
      }
    }
    "ws-edge" = {
      port         = 8081
      metrics_port = 9465
      min          = 2
      max          = 50
      memory       = "512Mi"
      secrets      = ["NATS_URL", "PROXY_SIGNING_KEY"]
      env = {
        METRICS_HOST     = "127.0.0.1"
        SHUTDOWN_SECONDS = local.shutdown_seconds
        # The rest of the 10 s is for the last close frames and events.
        DRAIN_SECONDS    = "5"
        TRUSTED_PROXIES  = local.trusted_proxies
        FRONTEND_ORIGINS = var.frontend_origins
        ROUTES           = "default=bridge"
        # A connection is a request to Cloud Run, which counts up to 1000.
        MAX_CONNECTIONS = "1000"
        # Cloud Run ends it after 60 minutes. The edge closes it at 90 to 100 % of this: after 52 to 58.
        CONNECTION_LIFETIME_SECONDS = "3480"
        NATS_STREAM_REPLICAS        = "3"
      }
    }
    "audit-service" = {
      port         = 8082
      metrics_port = 9466
      min          = 1
      max          = 2
      memory       = "512Mi"
      secrets      = ["NATS_URL", "DATABASE_URL", "BREAK_GLASS_JWKS", "AUDIT_PSEUDONYM_KEY", "AUDIT_SIGNING_KEY"]
      env = {
        METRICS_HOST         = "127.0.0.1"
        SHUTDOWN_SECONDS     = local.shutdown_seconds
        TRUSTED_PROXIES      = local.trusted_proxies
        AUDIT_RETENTION_DAYS = "30"
        OPERATOR_ISSUER      = var.operator_issuer
        NATS_STREAM_REPLICAS = "3"
      }
    }
  }
}

resource "google_service_account" "admit" {
  for_each = local.services

  account_id   = "admit-${each.key}"
  display_name = "Admit One: ${each.key}"
}

resource "google_cloud_run_v2_service" "admit" {
  for_each = local.services

  name     = each.key
  location = var.region
  # The load balancer alone reaches it, and authenticates nobody: the services do.
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = true

  template {
    service_account                  = google_service_account.admit[each.key].email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    timeout                          = "3600s"
    max_instance_request_concurrency = 1000

    scaling {
      min_instance_count = each.value.min
      max_instance_count = each.value.max
    }

    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = var.network
        subnetwork = var.subnetwork
      }
    }

    containers {
      name  = each.key
      image = "${var.image}/${each.key}:${var.tag}"

      # HTTP/1, which WebSockets need: no end-to-end HTTP/2.
      ports {
        name           = "http1"
        container_port = each.value.port
      }

      resources {
        limits = {
          cpu    = "1"
          memory = each.value.memory
        }
        # The CPU is there between requests too: for events, heartbeats and requests of the bus.
        cpu_idle          = false
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = each.value.env
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = toset(each.value.secrets)
        content {
          name = env.value
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.admit["${each.key}-${env.value}"].secret_id
              version = "latest"
            }
          }
        }
      }

      startup_probe {
        period_seconds    = 1
        timeout_seconds   = 1
        failure_threshold = 60
        http_get {
          path = "/healthz"
          port = each.value.port
        }
      }

      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 3
        failure_threshold = 3
        http_get {
          path = "/healthz"
          port = each.value.port
        }
      }
    }

    containers {
      name       = "collector"
      image      = "us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0"
      depends_on = [each.key]
      volume_mounts {
        name       = "collector"
        mount_path = "/etc/rungmp"
      }
    }

    volumes {
      name = "collector"
      secret {
        secret = google_secret_manager_secret.collector[each.key].secret_id
        items {
          path    = "config.yaml"
          version = "latest"
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_iam_member.admit,
    google_secret_manager_secret_iam_member.collector,
    google_secret_manager_secret_version.collector,
  ]
}
