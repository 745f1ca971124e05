#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

// The tree of a --query expression (JMESPath, https://jmespath.org/specification.html). Of no
// interest outside query*.cc.
namespace batchmill::cli {

using Json = nlohmann::ordered_json;

enum class QueryKind {
  kCurrent,         // @
  kField,           // text
  kIndex,           // index
  kSlice,           // bounds
  kLiteral,         // literal
  kSub,             // left.right
  kPipe,            // left | right
  kProject,         // left[*].right
  kValueProject,    // left.*.right
  kFlattenProject,  // left[].right
  kFilterProject,   // left[?third].right
  kList,            // [a, b]
  kHash,            // {k: a}: keys beside children
  kOr,
  kAnd,
  kNot,
  kCompare,     // text is the operator
  kCall,        // text is the function
  kExpression,  // &child, an argument of sort_by
};

struct QueryNode {
  QueryKind kind = QueryKind::kCurrent;
  std::string text;
  long index = 0;
  std::optional<long> from, to, step;  // of a slice
  Json literal;
  std::vector<std::string> keys;
  std::vector<QueryNode> children;
};

Result<QueryNode> parse_query(const std::string& text);
Result<Json> evaluate(const QueryNode& node, const Json& value);
Result<Json> call_function(const std::string& name, const std::vector<QueryNode>& arguments,
                           const Json& current);
bool is_truthy(const Json& value);

}  // namespace batchmill::cli
