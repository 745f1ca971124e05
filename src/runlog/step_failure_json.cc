#include <nlohmann/json.hpp>

#include "runlog/error_record_json.h"
#include "runlog/step_failure.h"

namespace batchmill::runlog {

namespace {

using nlohmann::ordered_json;

ordered_json setting_json(const std::optional<SettingUse>& setting) {
  if (!setting) return nullptr;
  return {{"name", setting->name},
          {"value", setting->value},
          {"origin", origin_name(setting->origin)},
          {"place", origin_text(*setting)}};
}

// The place stays text: readers show it, nobody follows it.
std::optional<SettingUse> setting_from(const ordered_json& object) {
  if (!object.is_object()) return std::nullopt;
  SettingUse setting;
  setting.name = object.value("name", "");
  setting.value = object.value("value", "");
  const std::string origin = object.value("origin", "default");
  for (const SettingOrigin candidate :
       {SettingOrigin::kComponent, SettingOrigin::kNode, SettingOrigin::kArgument}) {
    if (origin == origin_name(candidate)) setting.origin = candidate;
  }
  if (setting.origin != SettingOrigin::kDefault) setting.place.file = object.value("place", "");
  return setting;
}

ordered_json group_json(const FailureGroup& group) {
  return {{"code", code_name(group.code)},
          {"types", group.types},
          {"place", place_json(group.place)},
          {"mini_batches", group.mini_batches},
          {"tries", group.tries},
          {"open", group.open},
          {"messages", group.messages},
          {"first",
           {{"mini_batch", group.first_mini_batch},
            {"try", group.first_try},
            {"item", group.sample.item},
            {"node", group.first_worker.node.value},
            {"process", group.first_worker.process}}},
          {"record", error_record_json(group.sample)}};
}

int code_from(const ordered_json& object) {
  const std::string name = object.at("code").get<std::string>();
  return name.starts_with("BM") ? std::stoi(name.substr(2)) : 0;
}

FailureGroup group_from(const ordered_json& object) {
  FailureGroup group;
  group.code = code_from(object);
  group.types = object.value("types", std::vector<std::string>());
  group.place = place_from(object);
  group.mini_batches = object.value("mini_batches", std::uint64_t{0});
  group.tries = object.value("tries", std::uint64_t{0});
  group.open = object.value("open", std::uint64_t{0});
  group.messages = object.value("messages", std::uint64_t{0});
  const ordered_json& first = object.at("first");
  group.first_mini_batch = first.value("mini_batch", std::uint64_t{0});
  group.first_try = first.value("try", std::uint16_t{1});
  group.first_worker = {NodeId{first.value("node", 0U)}, first.value("process", 0U)};
  group.sample = error_record_from(object.at("record"));
  return group;
}

StepFailure failure_from(const ordered_json& object) {
  StepFailure failure;
  failure.job = object.value("job", "");
  failure.step = object.value("step", "");
  failure.pipeline = object.value("pipeline", "");
  failure.code = code_from(object);
  failure.message = object.at("message").get<std::string>();
  failure.place = place_from(object);
  failure.stopped = object.value("stopped", "");
  failure.stopped_by = setting_from(object.value("stopped_by", ordered_json()));
  if (object.contains("cause")) failure.cause = error_record_from(object["cause"]);
  for (const auto& group : object.value("groups", ordered_json::array())) {
    failure.groups.push_back(group_from(group));
  }
  const ordered_json rest = object.value("more", ordered_json::object());
  failure.rest = {rest.value("kinds", std::uint64_t{0}),
                  rest.value("mini_batches", std::uint64_t{0}),
                  rest.value("tries", std::uint64_t{0}), rest.value("open", std::uint64_t{0})};
  failure.help = object.value("help", "");
  failure.log = object.value("log", "");
  return failure;
}

}  // namespace

std::string to_json(const StepFailure& failure) {
  ordered_json object = {{"code", code_name(failure.code)},
                         {"message", failure.message},
                         {"place", place_json(failure.place)},
                         {"job", failure.job},
                         {"step", failure.step},
                         {"pipeline", failure.pipeline},
                         {"stopped", failure.stopped},
                         {"stopped_by", setting_json(failure.stopped_by)}};
  if (failure.cause) object["cause"] = error_record_json(*failure.cause);
  object["groups"] = ordered_json::array();
  for (const FailureGroup& group : failure.groups) object["groups"].push_back(group_json(group));
  if (failure.rest.kinds != 0) {
    object["more"] = {{"kinds", failure.rest.kinds},
                      {"mini_batches", failure.rest.mini_batches},
                      {"tries", failure.rest.tries},
                      {"open", failure.rest.open}};
  }
  if (!failure.help.empty()) object["help"] = failure.help;
  object["log"] = failure.log;
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<StepFailure> step_failure_from_json(std::string_view text) {
  try {
    return failure_from(ordered_json::parse(text));
  } catch (const std::exception& problem) {
    return fail(ErrorKind::kProtocol, std::string("job error: ") + problem.what());
  }
}

}  // namespace batchmill::runlog
