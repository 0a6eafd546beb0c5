resource "google_compute_global_address" "admit" {
  name = "admit-one"
}

output "address" {
  description = "The address that the public name has as its A record"
  value       = google_compute_global_address.admit.address
}

resource "google_compute_region_network_endpoint_group" "admit" {
  for_each = local.services

  name                  = each.key
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.admit[each.key].name
  }
}

# No timeout_sec: a serverless backend takes none. It ends a connection after 60 minutes.
resource "google_compute_backend_service" "admit" {
  for_each = local.services

  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.admit.id
  backend {
    group = google_compute_region_network_endpoint_group.admit[each.key].id
  }
  log_config {
    # The log has whole URLs, and the query of an upgrade may be a ticket.
    enable = each.key != "ws-edge"
  }
}

resource "google_compute_security_policy" "admit" {
  name = "admit-one"

  rule {
    description = "Requests of one address: as many as nginx would pass on"
    action      = "throttle"
    priority    = 1000
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = 1200
        interval_sec = 60
      }
    }
  }

  rule {
    description = "Everything else"
    action      = "allow"
    priority    = 2147483647
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_url_map" "admit" {
  name = "admit-one"

  # Other names of the same address.
  default_url_redirect {
    host_redirect  = var.host
    https_redirect = true
    strip_query    = true
  }

  host_rule {
    hosts        = [var.host]
    path_matcher = "admit-one"
  }

  path_matcher {
    name = "admit-one"

    # Nothing else is public: neither health checks nor OpenAPI documents.
    default_route_action {
      fault_injection_policy {
        abort {
          http_status = 404
          percentage  = 100
        }
      }
      weighted_backend_services {
        backend_service = google_compute_backend_service.admit["ticket-service"].id
        weight          = 100
      }
    }

    path_rule {
      service = google_compute_backend_service.admit["ws-edge"].id
      paths   = ["/ws", "/ws/*", "/api/ws", "/api/ws/*"]
    }

    path_rule {
      service = google_compute_backend_service.admit["ticket-service"].id
      paths = [
        "/api/ws/ticket",
        "/api/v1/ws-ticket",
        "/api/websocket",
        "/api/websocket/*",
        "/websocket",
        "/websocket/*",
        "/api/v1/auth",
        "/api/v1/auth/*",
        "/api/v1/admin",
        "/api/v1/admin/*",
        "/oidc/backchannel-logout",
        "/.well-known/jwks.json",
      ]
    }

    path_rule {
      service = google_compute_backend_service.admit["audit-service"].id
      paths   = ["/api/v1/audit", "/api/v1/audit/*", "/console", "/console/*"]
    }
  }
}

resource "google_compute_managed_ssl_certificate" "admit" {
  name = "admit-one"
  managed {
    domains = [var.host]
  }
}

resource "google_compute_target_https_proxy" "admit" {
  name             = "admit-one"
  url_map          = google_compute_url_map.admit.id
  ssl_certificates = [google_compute_managed_ssl_certificate.admit.id]
}

resource "google_compute_global_forwarding_rule" "admit" {
  name                  = "admit-one"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.admit.id
  target                = google_compute_target_https_proxy.admit.id
  port_range            = "443"
}
