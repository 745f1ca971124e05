#include "agent/worker_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace batchmill::agent {
namespace {

using testing::HasSubstr;

template <typename Kind>
Kind parsed(const std::string& json) {
  auto message = parse_worker_message(json);
  EXPECT_TRUE(message) << message.error().message;
  return std::get<Kind>(*message);
}

TEST(WorkerMessages, ReadsEachType) {
  EXPECT_EQ(parsed<WorkerHello>(R"({"type":"hello","version":1,"pid":77,"more":[]})").pid, 77);
  EXPECT_EQ(parsed<WorkerInitDone>(R"({"type":"ready","init_seconds":1.5})").took,
            std::chrono::milliseconds(1500));
  EXPECT_EQ(parsed<WorkerInitFailed>(R"({"type":"init_failed","kind":"init","error":{}})").kind,
            2u);
  for (const char* kind : {"import", "no_run"}) {
    EXPECT_EQ(parsed<WorkerInitFailed>(std::string(R"({"type":"init_failed","error":{},"kind":")") +
                                       kind + "\"}")
                  .kind,
              1u);
  }
  const auto error =
      parsed<WorkerAttemptError>(R"({"type":"error","ticket":9,"error":{"code":901}})");
  EXPECT_EQ(error.ticket, 9u);
  EXPECT_EQ(error.error, R"({"code":901})");
  EXPECT_EQ(parsed<WorkerNoticeGiven>(R"({"type":"notice","notice":{"code":6}})").notice,
            R"({"code":6})");
  EXPECT_EQ(parsed<WorkerBye>(R"({"type":"bye","shutdown_error":null})").shutdown_error, "");
  EXPECT_EQ(parsed<WorkerBye>(R"({"type":"bye","shutdown_error":{"code":1}})").shutdown_error,
            R"({"code":1})");
}

TEST(WorkerMessages, RefusesWhatItDoesNotUnderstand) {
  for (const char* json : {"", "{", "[]", "null", "{}", R"({"type":5})", R"({"type":"dance"})",
                           R"({"type":"hello","version":"1","pid":3})", R"({"type":"ready"})",
                           R"({"type":"error","error":{}})", "{\"type\":\"\xff\"}"}) {
    const auto message = parse_worker_message(json);
    ASSERT_FALSE(message) << json;
    EXPECT_EQ(message.error().kind, ErrorKind::kProtocol);
  }
}

TEST(WorkerMessages, WritesInitWithTheSpecAsItIs) {
  const auto json = nlohmann::json::parse(
      to_json({R"({"version": 1, "x": "é\""})", 3, 4, 5, "/a \"b\"/\n", "/logs"}));
  EXPECT_EQ(json["type"], "init");
  EXPECT_EQ(json["spec"]["x"], "é\"");
  EXPECT_EQ(json["node"], 3);
  EXPECT_EQ(json["process"], 4);
  EXPECT_EQ(json["spool"], 5);
  EXPECT_EQ(json["spool_path"], "/a \"b\"/\n");
  EXPECT_EQ(json["log_folder"], "/logs");
}

TEST(WorkerMessages, WritesLeases) {
  const auto json = nlohmann::json::parse(
      leases_json({{MiniBatchId{5}, 3, 1, Epoch{2}}, {MiniBatchId{0}, 1, 2, Epoch{2}}}, 40));
  EXPECT_EQ(json, nlohmann::json::parse(
                      R"({"type":"leases","ranges":[[5,3,1,2],[0,1,2,2]],"planned":40})"));
}

TEST(WorkerMessages, WritesPartsWithTheirItems) {
  const auto json = nlohmann::json::parse(leases_json(
      {{MiniBatchId{5}, 1, 2, Epoch{3}, {10, 4}}, {MiniBatchId{6}, 1, 1, Epoch{3}}}, 7));
  EXPECT_EQ(json["ranges"], nlohmann::json::parse("[[5,1,2,3,10,4],[6,1,1,3]]"));
}

TEST(WorkerMessages, OtherMessagesAreJson) {
  EXPECT_EQ(nlohmann::json::parse(shutdown_json())["type"], "shutdown");
  EXPECT_EQ(nlohmann::json::parse(shutdown_notice_json(R"({"code":901})"))["error"]["code"], 901);
}

}  // namespace
}  // namespace batchmill::agent
