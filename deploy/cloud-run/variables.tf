# Admit One on Cloud Run. docs/deployment.md says what this needs, and what it does not have.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

variable "project" {
  description = "The id of the project"
  type        = string
}

variable "region" {
  description = "The region of the services"
  type        = string
}

variable "network" {
  description = "The VPC network in which NATS, Redis and PostgreSQL are"
  type        = string
}

variable "subnetwork" {
  description = "A subnetwork of it in the region, with an address for each instance"
  type        = string
}

variable "host" {
  description = "The public name. Its A record is the output `address`"
  type        = string
}

variable "image" {
  description = "Where the images are: <image>/<service>:<tag>"
  type        = string
}

variable "tag" {
  description = "The tag of the images"
  type        = string
}

variable "frontend_origins" {
  description = "Origins whose pages may request tickets and open connections"
  type        = string
}

variable "jwt_issuer" {
  description = "The exact `iss` of the tokens of your users"
  type        = string
}

variable "jwt_audience" {
  description = "Accepted audiences of these tokens"
  type        = string
}

variable "operator_issuer" {
  description = "The exact `iss` of the tokens of your operators"
  type        = string
}

variable "notification_channels" {
  description = "The ids of the notification channels of alerts, by severity: page, ticket, info"
  type        = map(list(string))
  default     = { page = [], ticket = [], info = [] }
}
