"""The REST API: every route of `lamella.routes`, and errors that always say why in `detail`."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from infra.choices import Choices, Stage
from infra.functions import Functions
from infra.logs import log_group
from lamella.routes import ROUTES, Route

FALLBACK = "retrieve"
"""Answers what no route names (404, 405, 501): the function with the least rights."""

RATE: Mapping[Stage, tuple[int, int]] = {"development": (50, 100), "production": (1_000, 2_000)}
"""Requests a second, and at once, before callers are answered 429."""

LOGGED = {
    "requestId": apigateway.AccessLogField.context_request_id(),
    "time": apigateway.AccessLogField.context_request_time_epoch(),
    "method": apigateway.AccessLogField.context_http_method(),
    "route": apigateway.AccessLogField.context_resource_path(),
    "status": apigateway.AccessLogField.context_status(),
    "bytes": apigateway.AccessLogField.context_response_length(),
    "milliseconds": apigateway.AccessLogField.context_response_latency(),
    "caller": apigateway.AccessLogField.context_authorizer("key_id"),
    "organization": apigateway.AccessLogField.context_authorizer("org"),
    "error": apigateway.AccessLogField.context_error_response_type(),
}
"""The route as its template: paths and queries hold ids and, in filters, words."""

_T = apigateway.ResponseType
ANSWERS: tuple[tuple[apigateway.ResponseType, str, str], ...] = (
    (_T.UNAUTHORIZED, "401", "send a valid API key: Authorization: Token <key>"),
    (_T.ACCESS_DENIED, "403", "this key may not make this call"),
    (_T.AUTHORIZER_FAILURE, "503", "the key can't be checked right now: try again"),
    (_T.AUTHORIZER_CONFIGURATION_ERROR, "500", "the key can't be checked: ask the operator"),
    (_T.MISSING_AUTHENTICATION_TOKEN, "404", "there is no such path or method"),
    (_T.RESOURCE_NOT_FOUND, "404", "there is no such path"),
    (_T.THROTTLED, "429", "too many requests: try again later"),
    (_T.QUOTA_EXCEEDED, "429", "too many requests: try again later"),
    (_T.REQUEST_TOO_LARGE, "413", "the request is larger than 6 MB: send it in parts"),
    (_T.UNSUPPORTED_MEDIA_TYPE, "415", "send Content-Type: application/json"),
    (_T.BAD_REQUEST_BODY, "400", "the body can't be read: send JSON"),
    (_T.BAD_REQUEST_PARAMETERS, "400", "a parameter of the path or query can't be read"),
    (_T.INTEGRATION_FAILURE, "503", "the function can't answer right now: try again"),
    (_T.INTEGRATION_TIMEOUT, "504", "no answer within 29 seconds: try again"),
    (_T.API_CONFIGURATION_ERROR, "500", "the API is not set up as it should be: deploy it again"),
)  # fmt: skip
UNFORESEEN = ((_T.DEFAULT_4_XX, "DEFAULT_4XX"), (_T.DEFAULT_5_XX, "DEFAULT_5XX"))


class Api(Construct):
    """`api` asks one authorizer about every call; what it learned is not kept by the gateway,
    whose cache would want its identity sources in every request.
    """

    def __init__(self, scope: Construct, id: str, choices: Choices, functions: Functions) -> None:
        super().__init__(scope, id)
        self.logs = log_group(self, choices)
        self.api = self._rest(choices)
        self._authorizer = apigateway.RequestAuthorizer(
            self,
            "Authorizer",
            handler=functions["authorize"].api,
            identity_sources=[],
            results_cache_ttl=cdk.Duration.seconds(0),
        )
        self._integrations = {
            name: apigateway.LambdaIntegration(
                functions[name].api, scope_permission_to_method=False
            )
            for name in ("capture", "promote", "retrieve", "govern")
        }
        self._routes()
        self._answers()

    def _rest(self, choices: Choices) -> apigateway.RestApi:
        rate, burst = RATE[choices.stage]
        return apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=choices.name,
            description="Lamella: layered memory for agents",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=cdk.RemovalPolicy.RETAIN,
            deploy_options=apigateway.StageOptions(
                stage_name="v",
                throttling_rate_limit=rate,
                throttling_burst_limit=burst,
                metrics_enabled=True,
                logging_level=apigateway.MethodLoggingLevel.OFF,
                data_trace_enabled=False,
                access_log_destination=apigateway.LogGroupLogDestination(self.logs),
                access_log_format=apigateway.AccessLogFormat.custom(
                    cdk.Stack.of(self).to_json_string(LOGGED)
                ),
            ),
        )

    def _routes(self) -> None:
        by_path: dict[str, dict[str, Route]] = {}
        for route in ROUTES:
            by_path.setdefault(route.path, {}).update(dict.fromkeys(route.methods, route))
        for path, methods in by_path.items():
            resource = self.api.root.resource_for_path(path.rstrip("/"))
            for method, route in methods.items():
                self._method(resource, method, route.function, public=route.public)
            self._method(resource, "ANY", FALLBACK)
        self._method(self.api.root.resource_for_path("/{proxy+}"), "ANY", FALLBACK)

    def _method(
        self, resource: apigateway.IResource, method: str, function: str, *, public: bool = False
    ) -> None:
        if public:
            resource.add_method(
                method,
                self._integrations[function],
                authorization_type=apigateway.AuthorizationType.NONE,
            )
        else:
            resource.add_method(
                method,
                self._integrations[function],
                authorizer=self._authorizer,
                authorization_type=apigateway.AuthorizationType.CUSTOM,
            )

    def _answers(self) -> None:
        for kind, status, detail in ANSWERS:
            self.api.add_gateway_response(
                kind.response_type.title().replace("_", ""),
                type=kind,
                status_code=status,
                templates={"application/json": f'{{"detail": "{detail}"}}'},
            )
        for kind, id in UNFORESEEN:
            self.api.add_gateway_response(
                id,
                type=kind,
                templates={"application/json": '{"detail": $context.error.messageString}'},
            )
