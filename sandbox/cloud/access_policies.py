"""What EKS's access policies allow in Kubernetes: group of the API -> resource -> verbs.

Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

Rules = dict[str, dict[str, set[str]]]

READ = {"get", "list", "watch"}
WRITE = {"create", "delete", "deletecollection", "patch", "update"}
ANY = "*"

# What can be seen, by group.
SEEN = {
    "": "bindings configmaps endpoints events limitranges namespaces namespaces/status persistentvolumeclaims"
    " persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers replicationcontrollers/scale"
    " replicationcontrollers/status resourcequotas resourcequotas/status serviceaccounts services services/status",
    "apps": "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status"
    " replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
    "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
    "batch": "cronjobs cronjobs/status jobs jobs/status",
    "discovery.k8s.io": "endpointslices",
    "extensions": "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses"
    " ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale",
    "networking.k8s.io": "ingresses ingresses/status networkpolicies",
    "policy": "poddisruptionbudgets poddisruptionbudgets/status",
}
# What only those who edit can see.
INSIDE = {"": "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"}
# What can be edited.
EDITED = {
    "": "configmaps events persistentvolumeclaims pods pods/attach pods/exec pods/portforward pods/proxy"
    " replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy",
    "apps": "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets"
    " statefulsets/scale",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "extensions": "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets"
    " replicasets/scale replicationcontrollers/scale",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
}
RIGHTS = {"rbac.authorization.k8s.io": "rolebindings roles"}


def _rules(*parts: tuple[dict[str, str], set[str]]) -> Rules:
    rules: Rules = {}
    for groups, verbs in parts:
        for group, resources in groups.items():
            for resource in resources.split():
                rules.setdefault(group, {}).setdefault(resource, set()).update(verbs)
    return rules


_EDIT = ((SEEN, READ), (INSIDE, READ), (EDITED, WRITE), ({"": "serviceaccounts"}, {"impersonate"}))
POLICIES: dict[str, Rules] = {
    "AmazonEKSClusterAdminPolicy": {ANY: {ANY: {ANY}}},
    "AmazonEKSAdminPolicy": _rules(
        *_EDIT, (RIGHTS, READ | WRITE), ({"authorization.k8s.io": "localsubjectaccessreviews"}, {"create"})
    ),
    "AmazonEKSEditPolicy": _rules(*_EDIT),
    "AmazonEKSViewPolicy": _rules((SEEN, READ)),
    "AmazonEKSAdminViewPolicy": {ANY: {ANY: READ}},
    "AmazonEKSSecretReaderPolicy": _rules(({"": "secrets"}, READ)),
}
# The only policy with paths that are no resources, such as /metrics.
EVERY_PATH = "AmazonEKSClusterAdminPolicy"


def allows(policy: str, group: str, resource: str, verb: str) -> bool:
    """Whether a policy allows something, wherever it applies. A subresource is written pods/log."""
    rules = POLICIES[policy]
    verbs = [rules[g][r] for g in (group, ANY) if g in rules for r in (resource, ANY) if r in rules[g]]
    return any(verb in found or ANY in found for found in verbs)
