#include "base/json_members.h"

#include <string>

#include <gtest/gtest.h>

namespace batchmill {
namespace {

std::string in_words(std::string_view text) {
  const auto members = json_members(text);
  if (!members) return "none";
  std::string words;
  for (const JsonMember& member : *members) {
    words.append(member.key).append("=").append(member.value).append(";");
  }
  return words;
}

TEST(JsonMembers, AreFoundAsTheyStand) {
  struct Row {
    const char* text;
    const char* members;
  };
  for (const Row& row : {
           Row{"{}", ""},
           Row{" { } ", ""},
           Row{R"({"a": 1, "b":"x,}", "c" : [1, {"d": 2}] , "e": null })",
               R"(a=1;b="x,}";c=[1, {"d": 2}];e=null;)"},
           Row{R"({"q\"": "\\", "r": "\""})", R"(q\"="\\";r="\"";)"},
           Row{R"({"a": true} and more)", "a=true;"},
           Row{"", "none"},
           Row{"[1]", "none"},
           Row{"text", "none"},
           Row{R"({"a")", "none"},
           Row{R"({"a":})", "none"},
           Row{R"({"a": "x)", "none"},
           Row{R"({"a": [1})", "none"},
           Row{R"({"a": 1)", "none"},
           Row{R"({"a": "x\)", "none"},
       }) {
    EXPECT_EQ(in_words(row.text), row.members) << row.text;
  }
}

}  // namespace
}  // namespace batchmill
