#include "cli/query.h"

#include "cli/query_ast.h"

namespace batchmill::cli {

Result<Json> run_query(const std::string& query, const Json& value) {
  BM_ASSIGN(const QueryNode node, parse_query(query));
  return evaluate(node, value);
}

Result<void> check_query(const std::string& query) {
  BM_TRY(parse_query(query));
  return {};
}

}  // namespace batchmill::cli
