#include "pipeline/fields.h"

#include "base/text.h"
#include "pipeline/bound_scalar.h"

namespace batchmill::pipeline {

namespace {

using yaml::join_path;

std::string actual_type(const yaml::Value& value) {
  if (value.is_mapping()) return "a mapping";
  if (value.is_sequence()) return "a list";
  const std::string name = yaml::name_of(yaml::resolve(value).kind);
  if (name == "null") return name;
  return (name == "integer" ? "an " : "a ") + name;
}

std::string found_text(const yaml::Value& value) { return value.is_scalar() ? value.text() : ""; }

bool has_right_shape(const yaml::Value& value, ValueKind kind) {
  switch (kind) {
    case ValueKind::kAny:
      return true;
    case ValueKind::kMapping:
    case ValueKind::kNamed:
    case ValueKind::kTextMap:
      return value.is_mapping();
    case ValueKind::kList:
      return value.is_sequence();
    case ValueKind::kTextOrMapping:
      return value.is_scalar() || value.is_mapping();
    default:
      return value.is_scalar();
  }
}

bool is_bound_here(ValueKind kind) {
  switch (kind) {
    case ValueKind::kText:
    case ValueKind::kInteger:
    case ValueKind::kNumber:
    case ValueKind::kBoolean:
    case ValueKind::kChoice:
    case ValueKind::kSize:
      return true;
    default:
      return false;
  }
}

bool is_free(std::string_view key) { return key.starts_with("x-"); }

void report_type(CheckContext& context, const yaml::Value& value, const KeyRule& rule,
                 const std::string& path) {
  auto builder = diagnose(108, value)
                     .with("k", rule.name)
                     .with("type", std::string(describe(rule.kind)))
                     .with("actual", actual_type(value))
                     .at(path)
                     .found(found_text(value))
                     .value(value);
  if (const std::string example = example_of(rule); !example.empty()) {
    builder.with("example", example);
  }
  context.report(builder);
}

// A number that stands for "not given".
bool is_unset(const yaml::Scalar& scalar, const KeyRule& rule) {
  return rule.unset && as_number(scalar) == rule.unset;
}

// Why a scalar is no value of its key.
void report_problem(CheckContext& context, const NamedScalar& at, const BoundScalar& bound,
                    const KeyRule& rule, ScalarProblem problem) {
  const std::string text = yaml::python_text(bound.scalar);
  const auto finish = [&](DiagnosticBuilder builder) {
    builder.at(at.path).found(text).value(at.value);
    if (bound.from) builder.note(*bound.from, "its value comes from this input");
    context.report(builder);
  };
  if (problem == ScalarProblem::kLater) {
    finish(diagnose_later(at.value.place(), rule, rule.name + ": ", text));
  } else if (problem == ScalarProblem::kChoice) {
    finish(diagnose(109, at.value)
               .with("v", text)
               .with("k", rule.name)
               .found(text)
               .allowed(rule.allowed)
               .near(rule.allowed));
  } else if (problem == ScalarProblem::kRange) {
    finish(diagnose_range(at.value.place(), rule, rule.name, text));
  } else if (bound.is_text_only) {
    finish(diagnose(407, at.value)
               .with("v", text)
               .with("type", std::string(describe(rule.kind)))
               .with("example", example_of(rule)));
  } else {
    report_type(context, at.value, rule, at.path);
  }
}

}  // namespace

DiagnosticBuilder diagnose_later(const SourcePlace& place, const KeyRule& rule,
                                 const std::string& written, const std::string& value) {
  return diagnose(112, place)
      .with("k", written + to_lower(value))
      .with("workaround", "write '" + written + rule.allowed.back() + "'")
      .allowed(rule.allowed);
}

DiagnosticBuilder diagnose_range(const SourcePlace& place, const KeyRule& rule,
                                 const std::string& name, const std::string& value) {
  auto builder = diagnose(505, place)
                     .with("k", name)
                     .with("v", value)
                     .with("min", bound_text(rule.range->least))
                     .with("max", bound_text(rule.range->most))
                     .with("default", safe_value_of(rule));
  if (rule.clamps) {
    builder.level(Level::kWarning).help(bound_text(rule.range->most) + " is taken");
  }
  return builder;
}

Fields::Fields(CheckContext& context, const yaml::Value& mapping, Owner owner,
               const std::optional<Below>& below)
    : context_(context), owner_(std::move(owner)) {
  for (const yaml::Entry& entry : mapping.entries()) read_entry(entry);
  if (below) {
    Owner lower = below->owner;
    lower.is_open = true;  // what neither of them says is missing above
    inherit(Fields(context, below->mapping, std::move(lower)));
  }
  for (const KeyRule& rule : keys_of(owner_.kind)) {
    if (rule.required && rule.unless.empty()) report_missing(rule);
  }
}

void Fields::inherit(const Fields& below) {
  for (const auto& [name, lower] : below.fields_) {
    const KeyRule& rule = *find_key(below.owner_.kind, name);
    if (rule.own) continue;
    const auto [found, is_new] = fields_.emplace(name, lower);
    if (is_new) continue;
    Field& field = found->second;
    if (rule.kind == ValueKind::kTextMap) {
      field.texts.insert(lower.texts.begin(), lower.texts.end());
    } else if (rule.child && !rule.whole && field.value && lower.value) {
      field.below = {lower.key, lower.value, false};
      field.below_path = lower.path;
    }
  }
}

bool Fields::may_be_bound(const KeyRule& rule) const {
  return rule.bindable && owner_.origin == SettingOrigin::kNode;
}

void Fields::read_entry(const yaml::Entry& entry) {
  const std::string& name = entry.key.text();
  if (is_free(name)) return;
  const KeyRule* rule = find_key(owner_.kind, name);
  if (rule == nullptr) {
    report_unknown(entry);
    return;
  }
  if (yaml::is_null(entry.value)) return;
  Field& field = fields_[name];
  field.key = entry.key;
  field.origin = owner_.origin;
  field.path = join_path(owner_.path, name);
  if (!check_effect(entry, *rule)) return;
  if (!has_right_shape(entry.value, rule->kind)) {
    report_type(context_, entry.value, *rule, path(name));
    return;
  }
  field.value = entry.value;
  read_value(entry, *rule, field);
}

void Fields::report_unknown(const yaml::Entry& entry) {
  const std::string& name = entry.key.text();
  const std::string at = join_path(owner_.path, name);
  if (owner_.kind == MappingKind::kSettings) {
    context_.report(diagnose(114, entry.key)
                        .with("k", name)
                        .at(at)
                        .found(name)
                        .allowed(key_names(owner_.kind))
                        .suggest(suggest_keys(name, owner_.kind)));
    return;
  }
  const std::string where = belongs_at(name, owner_.kind, owner_.parent);
  if (!where.empty()) {
    const bool is_up = where.starts_with("../");
    const std::string target =
        is_up ? join_path(owner_.parent_path, where.substr(3)) : join_path(owner_.path, where);
    context_.report(diagnose(106, entry.key)
                        .with("k", name)
                        .with("kind", std::string(describe(owner_.kind)))
                        .with("target", target)
                        .at(at)
                        .found(name)
                        .suggest({target}));
    return;
  }
  context_.report(diagnose(105, entry.key)
                      .with("k", name)
                      .with("kind", std::string(describe(owner_.kind)))
                      .at(at)
                      .found(name)
                      .value(entry.value)
                      .allowed(key_names(owner_.kind))
                      .suggest(suggest_keys(name, owner_.kind)));
}

bool Fields::check_effect(const yaml::Entry& entry, const KeyRule& rule) {
  if (rule.effect != KeyEffect::kLater) return true;
  owner_.is_open = owner_.is_open || rule.name == "component" || rule.name == "create_job";
  context_.report(diagnose(112, entry.key)
                      .with("k", rule.name)
                      .with("workaround", rule.workaround)
                      .at(path(rule.name))
                      .found(rule.name)
                      .value(entry.value));
  return false;
}

void Fields::read_value(const yaml::Entry& entry, const KeyRule& rule, Field& field) {
  if (rule.kind == ValueKind::kTextMap) {
    read_text_map(entry, rule, field);
    return;
  }
  if (rule.kind == ValueKind::kText || rule.kind == ValueKind::kFreeText) {
    warn_if_reread(context_, entry.value, path(rule.name));
  }
  if (!is_bound_here(rule.kind)) {
    if (entry.value.is_scalar()) field.typed = yaml::python_text(yaml::resolve(entry.value));
    return;
  }
  const NamedScalar at{entry.value, rule.name, path(rule.name), owner_.step};
  const auto bound = bind_scalar(context_, at, may_be_bound(rule));
  if (!bound) {
    field.value = {};
    return;
  }
  if (is_unset(bound->scalar, rule)) {
    fields_.erase(rule.name);
    return;
  }
  const auto converted = convert(bound->scalar, rule);
  if (const auto* problem = std::get_if<ScalarProblem>(&converted)) {
    report_problem(context_, at, *bound, rule, *problem);
    field.value = {};
    if (const auto bounded = clamp(bound->scalar, rule)) {
      field.value = entry.value;
      field.typed = *bounded;
    }
    return;
  }
  field.typed = std::get<TypedScalar>(converted);
}

void Fields::read_text_map(const yaml::Entry& entry, const KeyRule& rule, Field& field) {
  for (const yaml::Entry& text : entry.value.entries()) {
    const std::string& name = text.key.text();
    const std::string at = join_path(path(rule.name), name);
    if (yaml::is_null(text.value)) {
      field.texts[name];
    } else if (!text.value.is_scalar()) {
      KeyRule of_entry;
      of_entry.name = name;
      report_type(context_, text.value, of_entry, at);
    } else {
      warn_if_reread(context_, text.value, at);
      if (!may_be_bound(rule)) {
        field.texts[name] = yaml::python_text(yaml::resolve(text.value));
      } else if (const auto bound =
                     bind_scalar(context_, {text.value, name, at, owner_.step}, true)) {
        field.texts[name] = yaml::python_text(bound->scalar);
      }
    }
  }
}

void Fields::report_missing(std::string_view name) const {
  if (const KeyRule* rule = find_key(owner_.kind, name)) report_missing(*rule);
}

void Fields::report_missing(const KeyRule& rule) const {
  if (owner_.is_open || stands(rule.name)) return;
  context_.report(diagnose(107, owner_.place)
                      .with("kind", std::string(describe(owner_.kind)))
                      .with("k", rule.name)
                      .with("example", rule.example)
                      .at(path(rule.name)));
}

const Fields::Field* Fields::find(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : &found->second;
}

bool Fields::stands(std::string_view name) const { return find(name) != nullptr; }

yaml::Value Fields::value(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? yaml::Value() : field->value;
}

SourcePlace Fields::key_place(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? owner_.place : field->key.place();
}

std::string Fields::path(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? join_path(owner_.path, name) : field->path;
}

std::optional<GivenValue> Fields::given(std::string_view name) const {
  const Field* field = find(name);
  if (field == nullptr || !field->value || !field->typed) return std::nullopt;
  return GivenValue{*field->typed, field->origin, field->value.place()};
}

SettingOrigin Fields::origin(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? owner_.origin : field->origin;
}

template <typename T>
std::optional<Setting<T>> Fields::setting(std::string_view name) const {
  const auto value = given(name);
  if (!value || !std::holds_alternative<T>(value->value)) return std::nullopt;
  return Setting<T>{std::get<T>(value->value), value->origin, value->place};
}

std::optional<Setting<std::int64_t>> Fields::integer(std::string_view name) const {
  return setting<std::int64_t>(name);
}
std::optional<Setting<double>> Fields::number(std::string_view name) const {
  return setting<double>(name);
}
std::optional<Setting<bool>> Fields::boolean(std::string_view name) const {
  return setting<bool>(name);
}
std::optional<Setting<std::string>> Fields::text(std::string_view name) const {
  return setting<std::string>(name);
}

std::string Fields::text_or(std::string_view name, std::string otherwise) const {
  const auto found = text(name);
  return found ? found->value : std::move(otherwise);
}

std::map<std::string, std::string> Fields::text_map(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? std::map<std::string, std::string>() : field->texts;
}

std::optional<Fields> Fields::child(std::string_view name) const {
  const KeyRule* rule = find_key(owner_.kind, name);
  const Field* field = find(name);
  if (rule == nullptr || !rule->child || field == nullptr || !field->value.is_mapping()) {
    return std::nullopt;
  }
  const auto owner = [&](const yaml::Value& key, const std::string& at, SettingOrigin origin) {
    const std::size_t length = at.size() - std::min(at.size(), name.size() + 1);
    return Owner{*rule->child,         at,          key.place(), owner_.kind,
                 at.substr(0, length), owner_.step, origin};
  };
  std::optional<Below> below;
  if (field->below.value) {
    below = Below{field->below.value,
                  owner(field->below.key, field->below_path, SettingOrigin::kComponent)};
  }
  return Fields(context_, field->value, owner(field->key, field->path, field->origin), below);
}

}  // namespace batchmill::pipeline
