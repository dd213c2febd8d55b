"""Prompts, webhooks, protected aliases and stages, and workspaces with the unmodified MLflow client.

Reads MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN (an administrator's). RECEIVER is an http address that the installation allows
for webhooks; what it gets is asserted by the test that started this.
"""

import os

import mlflow
from mlflow import MlflowClient
from mlflow.entities.webhook import WebhookEvent

from support import SUFFIX, client, raises, run_steps

MODEL = f"governed-{SUFFIX}"
PROMPT = f"greeting-{SUFFIX}"
RECEIVER = os.environ["RECEIVER"]


def webhooks():
    events = [WebhookEvent.from_str(name) for name in ("registered_model.created", "model_version.created", "model_version_alias.created", "prompt_version.created")]
    made = client.create_webhook(name="compat", url=RECEIVER, events=events, secret="s3cret", description="of the test")
    assert made.secret is None and made.status == "ACTIVE" and [str(event) for event in made.events] == [str(event) for event in events]
    assert client.get_webhook(made.webhook_id).url == RECEIVER
    assert made.webhook_id in [webhook.webhook_id for webhook in client.list_webhooks(max_results=10)]
    result = client.test_webhook(made.webhook_id)
    assert result.success and result.response_status == 200, result.error_message
    changed = client.update_webhook(made.webhook_id, description="changed", status="DISABLED")
    assert changed.description == "changed" and changed.status == "DISABLED" and changed.name == "compat"
    client.update_webhook(made.webhook_id, status="ACTIVE")
    for number in range(3):
        client.create_webhook(name=f"more-{number}", url="https://hooks.invalid/x", events=events[:1], status="DISABLED")
    page = client.list_webhooks(max_results=2)
    assert len(page) == 2 and page.token and len(client.list_webhooks(max_results=100, page_token=page.token)) == 2
    for webhook in client.list_webhooks():
        if webhook.name.startswith("more-"):
            client.delete_webhook(webhook.webhook_id)
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_webhook("nothing"))
    raises("INVALID_PARAMETER_VALUE", lambda: client.create_webhook(name="bad", url="http://127.0.0.1:1/x", events=events))
    raises("INVALID_PARAMETER_VALUE", lambda: client.create_webhook(name="-bad-", url="https://hooks.invalid/x", events=events))


def protected():
    client.create_registered_model(MODEL)
    with mlflow.start_run() as run:
        mlflow.log_text("weights", "model/weights.txt")
    version = client.create_model_version(MODEL, f"runs:/{run.info.run_id}/model", run.info.run_id).version
    client.set_registered_model_alias(MODEL, "challenger", version)
    message = raises("PERMISSION_DENIED", lambda: client.set_registered_model_alias(MODEL, "champion", version))
    link = f"/w/default/models/{MODEL}/{version}?request=production"
    assert link in message and "protected" in message, message
    assert link in raises("PERMISSION_DENIED", lambda: client.transition_model_version_stage(MODEL, version, "Production", archive_existing_versions=True))
    assert client.get_model_version(MODEL, version).status == "READY"
    assert client.get_registered_model(MODEL).aliases == {"challenger": version}
    assert client.transition_model_version_stage(MODEL, version, "staging").current_stage == "Staging"


def prompts():
    first = mlflow.genai.register_prompt(name=PROMPT, template="Hello {{ name }}", commit_message="first", tags={"lang": "en"})
    assert first.version == 1
    second = mlflow.genai.register_prompt(name=PROMPT, template=[{"role": "system", "content": "Greet {{ name }}"}], tags={"lang": "fr"})
    assert second.version == 2
    loaded = mlflow.genai.load_prompt(f"prompts:/{PROMPT}/1")
    assert loaded.template == "Hello {{ name }}" and loaded.format(name="Ada") == "Hello Ada" and loaded.tags["lang"] == "en" and loaded.commit_message == "first"
    assert mlflow.genai.load_prompt(PROMPT, version=2).template == [{"role": "system", "content": "Greet {{ name }}"}]
    for alias in ("production", "champion"):
        mlflow.genai.set_prompt_alias(PROMPT, alias=alias, version=2)
        assert mlflow.genai.load_prompt(f"prompts:/{PROMPT}@{alias}").version == 2
    mlflow.genai.delete_prompt_alias(PROMPT, alias="production")
    assert mlflow.genai.load_prompt(f"prompts:/{PROMPT}@production", allow_missing=True) is None
    assert PROMPT in [prompt.name for prompt in mlflow.genai.search_prompts(filter_string=f"name = '{PROMPT}'")]
    assert PROMPT not in [model.name for model in client.search_registered_models()]
    mlflow.genai.set_prompt_tag(PROMPT, "team", "risk")
    assert mlflow.genai.get_prompt_tags(PROMPT)["team"] == "risk"
    mlflow.genai.delete_prompt_tag(PROMPT, "team")
    mlflow.genai.set_prompt_version_tag(PROMPT, 1, "reviewed", "yes")
    assert mlflow.genai.load_prompt(PROMPT, version=1).tags["reviewed"] == "yes"
    mlflow.genai.delete_prompt_version_tag(PROMPT, 1, "reviewed")
    assert mlflow.genai.load_prompt("no-such-prompt", version=1, allow_missing=True) is None
    raises("INVALID_PARAMETER_VALUE", lambda: mlflow.genai.register_prompt(name=MODEL, template="a model is no prompt"))
    raises("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(PROMPT))
    with mlflow.start_run() as run:
        mlflow.genai.load_prompt(PROMPT, version=1)
    assert run.info.run_id
    versions = client.search_prompt_versions(PROMPT)
    assert sorted(version.version for version in versions) == [1, 2]
    for number in (1, 2):
        client.delete_prompt_version(PROMPT, number)
    client.delete_prompt(PROMPT)
    assert mlflow.genai.load_prompt(PROMPT, version=1, allow_missing=True) is None


def workspaces():
    name = f"risk-{SUFFIX}"
    made = mlflow.create_workspace(name=name, description="of the test")
    assert made.name == name and made.description == "of the test"
    raises("RESOURCE_ALREADY_EXISTS", lambda: mlflow.create_workspace(name=name))
    assert mlflow.get_workspace(name).description == "of the test"
    assert mlflow.update_workspace(name=name, description="changed").description == "changed"
    assert "default" in [workspace.name for workspace in mlflow.list_workspaces()]
    raises("INVALID_PARAMETER_VALUE", lambda: mlflow.create_workspace(name="Not a name"))
    mlflow.set_workspace(name)
    try:
        # A token opens the workspace that it was made in, and no other.
        raises("RESOURCE_DOES_NOT_EXIST", lambda: MlflowClient().search_experiments())
    finally:
        mlflow.set_workspace("default")
    assert client.get_registered_model(MODEL).name == MODEL
    mlflow.delete_workspace(name)
    raises("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.get_workspace(name))


run_steps([webhooks, protected, prompts, workspaces])
