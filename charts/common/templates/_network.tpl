{{/* Services, ingresses and network policies. */}}

{{/* Arguments: root, component, ports (list of {name, port, targetPort}), headless, selects (the pods' component, if another). */}}
{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "common.metadata" . | nindent 2 }}
spec:
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "common.selector" (dict "root" .root "component" (.selects | default .component)) | nindent 4 }}
  ports:
    {{- range .ports }}
    - name: {{ .name }}
      port: {{ .port }}
      targetPort: {{ .targetPort | default .name }}
    {{- end }}
{{- end }}

{{/*
An Ingress for the AWS load balancer controller, for the component's Service (port http).
Arguments: root, component, ingress ({host, annotations}), healthPath.
The health check is patient: with the usual 5 s, busy services drop out of the balancer.
*/}}
{{- define "common.ingress" -}}
{{- $defaults := dict
  "alb.ingress.kubernetes.io/scheme" "internet-facing"
  "alb.ingress.kubernetes.io/target-type" "ip"
  "alb.ingress.kubernetes.io/listen-ports" `[{"HTTP":80},{"HTTPS":443}]`
  "alb.ingress.kubernetes.io/ssl-redirect" "443"
  "alb.ingress.kubernetes.io/group.name" .root.Release.Namespace
  "alb.ingress.kubernetes.io/healthcheck-path" .healthPath
  "alb.ingress.kubernetes.io/healthcheck-interval-seconds" "60"
  "alb.ingress.kubernetes.io/healthcheck-timeout-seconds" "30"
  "alb.ingress.kubernetes.io/success-codes" "200" -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "common.metadata" . | nindent 2 }}
  annotations:
    {{- toYaml (merge (deepCopy .ingress.annotations) $defaults) | nindent 4 }}
spec:
  ingressClassName: alb
  rules:
    - host: {{ .ingress.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ .component }}
                port:
                  name: http
{{- end }}

{{/* Nothing in, nothing out but DNS, for every pod of the release; each component then allows what it needs. */}}
{{- define "common.defaultdeny" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "common.metadata" (dict "root" .root "component" "default-deny") | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ .root.Release.Name }}
  policyTypes: [Ingress, Egress]
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - { port: 53, protocol: UDP }
        - { port: 53, protocol: TCP }
{{- end }}

{{/* Peers of a policy: the namespaces of these names. Argument: a list. */}}
{{- define "common.peers.namespaces" -}}
- namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values: {{ toJson . }}
{{- end }}

{{/* Peers of a policy: these address ranges. Argument: a list. */}}
{{- define "common.peers.cidrs" -}}
{{- range . }}
- ipBlock:
    cidr: {{ . }}
{{- end }}
{{- end }}
