{{/* The Services for callers from outside, as a JSON array. */}}
{{- define "mstv.publicServices" -}}
{{- $numbers := dict "http" 80 "grpc" 50051 }}
{{- $services := list }}
{{- range $process := include "mstv.processes" . | fromJsonArray }}
  {{- range $port, $protocol := dict "http" "rest" "grpc" "grpc" }}
    {{- if and $process.public (has $protocol $process.protocols) }}
      {{- $name := printf "public-%s" $port }}
      {{- $services = append $services (dict
        "name" $name
        "fullname" (include "mstv.fullname" (list $ $name))
        "port" $port
        "number" (get $numbers $port)
        "selector" $process.selector
      ) }}
    {{- end }}
  {{- end }}
{{- end }}
{{- toJson $services }}
{{- end }}
