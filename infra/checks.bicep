// What parameters look like, and how their texts are taken apart. Functions here see their arguments only.

@export()
@sealed()
@description('A vault to serve.')
type Vault = {
  @description('Name that routes use for it: 3 to 24 of a-z, 0-9 and "-".')
  alias: string

  @description('Resource id.')
  id: string

  @description('System topic that the vault has already: its name, with GROUP/ before it when it is not in the group of the vault. The preflight finds it.')
  systemTopic: string?

  @description('true: the app may read certificates, too. For routes that take the public part of a certificate whose secret holds none.')
  certificates: bool?
}

@export()
@sealed()
@description('Parts of a new network.')
type Addresses = {
  @description('Address space of the network.')
  network: string

  @description('Subnet of the app: /27 or larger, one address for each instance.')
  app: string

  @description('Subnet of private endpoints: five, and one for each vault.')
  endpoints: string
}

@export()
@sealed()
@description('Resource ids of private DNS zones; what is left out is made by a policy of the organisation.')
type DnsZones = {
  blob: string?
  queue: string?
  table: string?
  vault: string?
  app: string?
}

@export()
@sealed()
@description('Thresholds of alert rules; what is left out keeps its default.')
type Thresholds = {
  runMissedWindow: string?
  runLateCount: int?
  noEventsChanges: int?
  vaultForbiddenCount: int?
  expiringSecrets: int?
  clusterFailures: int?
  incompleteRuns: int?
  outageFailures: int?
  failedInvocations: int?
  queueAges: int?
  deadLetters: int?
}

@export()
@description('A part of a text between slashes; empty where there is none: an index out of bounds would hide what is wrong.')
func partOf(id string, index int) string => length(split(id, '/')) > index ? split(id, '/')[index] : ''

@export()
@description('Whether a text is made of a-z, 0-9 and "-" only. What uriComponent leaves alone is these and a few more.')
func isName(text string) bool => !empty(text) && uriComponent(text) == text && toLower(text) == text && !contains(text, '_') && !contains(text, '.') && !contains(text, '~') && !contains(text, '!') && !contains(text, '*') && !contains(text, '(') && !contains(text, ')') && !contains(text, '\'')

@export()
@description('Whether the text can be the alias of a vault.')
func isAlias(text string) bool => isName(text) && length(text) > 2 && length(text) < 25

@export()
@description('Whether the text is the resource id of a subscription.')
func isSubscriptionId(id string) bool => length(split(id, '/')) == 3 && empty(partOf(id, 0)) && toLower(partOf(id, 1)) == 'subscriptions' && length(partOf(id, 2)) == 36

@export()
@description('Whether the text is the resource id of a resource group.')
func isGroupId(id string) bool => length(split(id, '/')) == 5 && isSubscriptionId('/${partOf(id, 1)}/${partOf(id, 2)}') && empty(partOf(id, 0)) && toLower(partOf(id, 3)) == 'resourcegroups' && !empty(partOf(id, 4))

@export()
@description('Whether the text is the resource id of a resource of this type, such as microsoft.keyvault/vaults.')
func isResourceId(id string, resourceType string) bool => length(split(id, '/')) == 9 && isGroupId('/${partOf(id, 1)}/${partOf(id, 2)}/${partOf(id, 3)}/${partOf(id, 4)}') && empty(partOf(id, 0)) && toLower(partOf(id, 5)) == 'providers' && toLower('${partOf(id, 6)}/${partOf(id, 7)}') == resourceType && !empty(partOf(id, 8))

@export()
@description('A sentence about a value.')
func say(sentence string, value string) string => replace(sentence, '{}', value == '' ? 'nothing' : value)
