{{/* Of every pod: `include "mstv.podFields" $`. */}}
{{- define "mstv.podFields" -}}
automountServiceAccountToken: false
# a Service named consul would set CONSUL_PORT to tcp://…
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of every container. */}}
{{- define "mstv.containerFields" -}}
image: {{ include "mstv.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Labels and annotations of a pod: `include "mstv.podMetadata" (list $ $labels $annotations)`. */}}
{{- define "mstv.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- toYaml (merge dict (index . 1) $root.Values.pod.labels) | nindent 2 }}
{{- with merge dict (index . 2) $root.Values.pod.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
