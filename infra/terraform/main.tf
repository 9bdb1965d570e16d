# The templates as they are, deployed by Terraform: nothing is described twice. infra/terraform/README.md has the commands.
terraform {
  required_version = ">= 1.9"

  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.4"
    }
  }
}

provider "azapi" {}

variable "environment_name" {
  type        = string
  description = "Names the instance: vaultcast-NAME."
}

variable "location" {
  type        = string
  description = "Azure region of the app."
}

variable "vaults" {
  type = list(object({
    alias        = string
    id           = string
    systemTopic  = optional(string)
    certificates = optional(bool)
  }))
  description = "Vaults to serve; systemTopic is GROUP/TOPIC where a vault has one already."
}

variable "clusters" {
  type        = list(string)
  default     = []
  description = "Resource ids of AKS clusters, of resource groups or of subscriptions."
}

variable "operators_id" {
  type        = string
  description = "Object id of the group that registers clusters and routes; none for nobody."
}

variable "alert_email" {
  type        = string
  default     = ""
  description = "Where alerts go."
}

variable "more" {
  type        = any
  default     = {}
  description = "Further parameters of main.bicep, by their names."
}

locals {
  parameters = {
    environmentName = var.environment_name
    location        = var.location
    vaults          = [for vault in var.vaults : { for name, value in vault : name => value if value != null }]
    clusters        = var.clusters
    operatorsId     = var.operators_id
    alertEmail      = var.alert_email
  }
}

data "azapi_client_config" "current" {}

resource "azapi_resource" "vaultcast" {
  type      = "Microsoft.Resources/deployments@2022-09-01"
  name      = "vaultcast-${var.environment_name}"
  parent_id = "/subscriptions/${data.azapi_client_config.current.subscription_id}"
  location  = var.location

  body = {
    properties = {
      mode       = "Incremental"
      template   = jsondecode(file("${path.module}/main.json"))
      parameters = { for name, value in merge(local.parameters, var.more) : name => { value = value } }
    }
  }

  response_export_values = ["properties.outputs"]
}

output "outputs" {
  value = azapi_resource.vaultcast.output.properties.outputs
}
