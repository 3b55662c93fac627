{{/* What the optional parts add to a process, as JSON: `include "mstv.optionalParts" (list $ $table $row)`. */}}
{{- define "mstv.optionalParts" -}}
{{- $root := index . 0 }}
{{- $table := index . 1 }}
{{- $row := index . 2 }}
{{- $settings := dict }}
{{- $optionalSecrets := list }}
{{- range $name, $option := $table.options }}
  {{- if (get $root.Values $name).enabled }}
    {{- $settings = merge $settings $option.settings }}
    {{- $optionalSecrets = concat $optionalSecrets $option.optionalSecrets }}
  {{- end }}
{{- end }}
{{- if $row.tls }}
  {{- $settings = merge $settings (ternary $table.mutualTls.public $table.mutualTls.others $row.public) }}
{{- end }}
{{- if or $root.Values.ingress.enabled $root.Values.gateway.enabled }}
  {{- $settings = merge $settings (dict "TRUSTED_PROXIES" (join "," $root.Values.proxy.networks)) }}
{{- end }}
{{- dict "settings" $settings "optionalSecrets" $optionalSecrets | toJson }}
{{- end }}
