{{/*
The processes of the topology, as a JSON array of rows of files/processes.yaml. .Values.processes and the optional parts are merged
into them, and these are added: name, fullname, selector, labels, tls (mutual TLS), migrationSettings (without optional parts) and
partSecrets (of optional parts).
*/}}
{{- define "mstv.processes" -}}
{{- $table := .Files.Get "files/processes.yaml" | fromYaml }}
{{- $processes := list }}
{{- range $name, $row := $table.processes }}
  {{- if has $.Values.topology $row.topologies }}
    {{- $own := get $.Values.processes $name | default dict | deepCopy }}
    {{- $secrets := list }}
    {{- range $row.secrets }}
      {{- if has .variable $.Values.secret.without }}
        {{- $_ := unset $row.settings (printf "%s_FILE" .variable) }}
      {{- else }}
        {{- $secrets = append $secrets . }}
      {{- end }}
    {{- end }}
    {{- range $row.calls }}
      {{- $_ := set $row.settings .variable (printf "dns:///%s:%v" (include "mstv.fullname" (list $ .service)) .grpcPort) }}
    {{- end }}
    {{- $tls := and $.Values.mtls.enabled (or $row.calls $row.callers | empty | not) }}
    {{- $_ := set $row "tls" $tls }}
    {{- $part := include "mstv.optionalParts" (list $ $table $row) | fromJson }}
    {{- $changes := list $.Values.settings (get $own "settings" | default dict) }}
    {{- $selector := dict "app.kubernetes.io/name" $name "app.kubernetes.io/instance" $.Release.Name }}
    {{- $component := dict "app.kubernetes.io/component" $row.service }}
    {{- $processes = append $processes (mustMergeOverwrite $row (omit $own "settings") (dict
      "name" $name
      "fullname" (include "mstv.fullname" (list $ $name))
      "selector" $selector
      "labels" (merge $component (deepCopy $selector) (include "mstv.releaseLabels" $ | fromYaml))
      "migrationSettings" (include "mstv.overwritten" (prepend $changes $row.settings) | fromJson)
      "settings" (include "mstv.overwritten" (concat (list $row.settings $part.settings) $changes) | fromJson)
      "secrets" $secrets
      "partSecrets" $part.optionalSecrets
    )) }}
  {{- end }}
{{- end }}
{{- toJson $processes }}
{{- end }}

{{/* Settings of a list, of which later ones win, as JSON. mergeOverwrite would ignore 0 and false. */}}
{{- define "mstv.overwritten" -}}
{{- $settings := dict }}
{{- range . }}
  {{- range $variable, $value := . }}
    {{- $_ := set $settings $variable (kindIs "string" $value | ternary $value (toJson $value)) }}
  {{- end }}
{{- end }}
{{- toJson $settings }}
{{- end }}
