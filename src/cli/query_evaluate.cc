#include "cli/query_ast.h"

namespace batchmill::cli {

namespace {

Json slice(const QueryNode& node, const Json& list) {
  const long size = static_cast<long>(list.size());
  const long step = node.step.value_or(1);
  if (step == 0) return nullptr;
  const auto bounded = [&](std::optional<long> bound, long missing) {
    if (!bound) return missing;
    const long at = *bound < 0 ? *bound + size : *bound;
    return step > 0 ? std::clamp(at, 0L, size) : std::clamp(at, -1L, size - 1);
  };
  const long from = bounded(node.from, step > 0 ? 0 : size - 1);
  const long to = bounded(node.to, step > 0 ? size : -1);
  Json out = Json::array();
  for (long at = from; step > 0 ? at < to : at > to; at += step) {
    out.push_back(list[static_cast<std::size_t>(at)]);
  }
  return out;
}

Json compare(const std::string& symbol, const Json& left, const Json& right) {
  if (symbol == "==") return left == right;
  if (symbol == "!=") return left != right;
  // Published filters compare times as text too, so text is ordered as well as numbers.
  const bool numbers = left.is_number() && right.is_number();
  const bool texts = left.is_string() && right.is_string();
  if (!numbers && !texts) return nullptr;
  if (symbol == "<") return left < right;
  if (symbol == "<=") return left <= right;
  if (symbol == ">") return left > right;
  return left >= right;
}

// Applies the right child to each element; nulls vanish.
Result<Json> project(const QueryNode& node, const Json& elements) {
  Json out = Json::array();
  for (const Json& element : elements) {
    if (node.kind == QueryKind::kFilterProject) {
      BM_ASSIGN(const Json condition, evaluate(node.children[2], element));
      if (!is_truthy(condition)) continue;
    }
    BM_ASSIGN(Json value, evaluate(node.children[1], element));
    if (!value.is_null()) out.push_back(std::move(value));
  }
  return out;
}

Json flattened(const Json& list) {
  Json out = Json::array();
  for (const Json& element : list) {
    if (element.is_array()) {
      for (const Json& inner : element) out.push_back(inner);
    } else {
      out.push_back(element);
    }
  }
  return out;
}

Json values_of(const Json& object) {
  Json out = Json::array();
  for (const auto& [key, value] : object.items()) out.push_back(value);
  return out;
}

Result<Json> projection(const QueryNode& node, const Json& value) {
  BM_ASSIGN(const Json left, evaluate(node.children[0], value));
  if (node.kind == QueryKind::kValueProject) {
    return left.is_object() ? project(node, values_of(left)) : Json(nullptr);
  }
  if (!left.is_array()) return Json(nullptr);
  return project(node, node.kind == QueryKind::kFlattenProject ? flattened(left) : left);
}

Result<Json> multiselect(const QueryNode& node, const Json& value) {
  if (value.is_null()) return Json(nullptr);
  Json out = node.kind == QueryKind::kList ? Json::array() : Json::object();
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    BM_ASSIGN(Json element, evaluate(node.children[i], value));
    if (node.kind == QueryKind::kList) {
      out.push_back(std::move(element));
    } else {
      out[node.keys[i]] = std::move(element);
    }
  }
  return out;
}

Json item_at(const Json& value, long index) {
  if (!value.is_array()) return nullptr;
  const long size = static_cast<long>(value.size());
  const long at = index < 0 ? index + size : index;
  return at >= 0 && at < size ? value[static_cast<std::size_t>(at)] : Json(nullptr);
}

Json field_of(const Json& value, const std::string& name) {
  return value.is_object() && value.contains(name) ? value[name] : Json(nullptr);
}

}  // namespace

bool is_truthy(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return value.is_number() || !value.empty();
}

Result<Json> evaluate(const QueryNode& node, const Json& value) {
  switch (node.kind) {
    case QueryKind::kCurrent:
      return value;
    case QueryKind::kField:
      return field_of(value, node.text);
    case QueryKind::kIndex:
      return item_at(value, node.index);
    case QueryKind::kSlice:
      return value.is_array() ? slice(node, value) : Json(nullptr);
    case QueryKind::kLiteral:
      return node.literal;
    case QueryKind::kSub:
    case QueryKind::kPipe: {
      BM_ASSIGN(const Json left, evaluate(node.children[0], value));
      return evaluate(node.children[1], left);
    }
    case QueryKind::kProject:
    case QueryKind::kValueProject:
    case QueryKind::kFlattenProject:
    case QueryKind::kFilterProject:
      return projection(node, value);
    case QueryKind::kList:
    case QueryKind::kHash:
      return multiselect(node, value);
    case QueryKind::kOr:
    case QueryKind::kAnd: {
      BM_ASSIGN(Json left, evaluate(node.children[0], value));
      if (is_truthy(left) == (node.kind == QueryKind::kOr)) return left;
      return evaluate(node.children[1], value);
    }
    case QueryKind::kNot: {
      BM_ASSIGN(const Json inner, evaluate(node.children[0], value));
      return Json(!is_truthy(inner));
    }
    case QueryKind::kCompare: {
      BM_ASSIGN(const Json left, evaluate(node.children[0], value));
      BM_ASSIGN(const Json right, evaluate(node.children[1], value));
      return compare(node.text, left, right);
    }
    case QueryKind::kCall:
      return call_function(node.text, node.children, value);
    case QueryKind::kExpression:
      break;
  }
  return fail(ErrorKind::kInvalid, "--query: '&' may only stand before an argument of sort_by");
}

}  // namespace batchmill::cli
